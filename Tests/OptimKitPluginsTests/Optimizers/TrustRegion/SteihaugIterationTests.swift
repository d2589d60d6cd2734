import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Steihaug's iteration")
struct SteihaugIterationTests {
  private let jacobian: DenseJacobian<Double>
  private let gradient: AlignedBuffer<Double>

  init() throws {
    jacobian = DenseJacobian(try tallMatrix(rows: 30, columns: 9, conditionNumber: 300))
    gradient = AlignedBuffer(normalVector(9, seed: 7) as [Double])
  }

  private func run(
    _ iteration: SteihaugIteration<Double>, radius: Double?, threshold: Double = 0,
    preconditioner: (any Preconditioner<Double>)? = nil
  ) throws -> SteihaugIteration<Double>.Outcome {
    iteration.begin(gradient)
    return try iteration.run(
      radius: radius, firstFactor: 3, threshold: threshold, maximumIterations: 30,
      preconditioner: preconditioner, ledger: RunLedger()
    ) { x, result in
      var image = Double.zeros(30)
      var span = image.mutableSpan
      jacobian.apply(x, into: &span)
      jacobian.applyTransposed(image.span, into: &result)
    }
  }

  /// gᵀδ + ½‖Jδ‖².
  private func model(_ step: [Double]) throws -> Double {
    let image = try jacobian.product(step)
    return gradient.dot(step) + Double.dot(image.span, image.span) / 2
  }

  @Test(
    "ends on the surface with at least half of what is possible there, or at the minimum inside")
  func reductions() throws {
    let iteration = SteihaugIteration<Double>(parameterCount: 9)
    let inside = try run(iteration, radius: 1e9)
    #expect(!inside.isOnBoundary && inside.relativeResidual < 1e-9)
    let full = iteration.step.norm
    let matrix = jacobian.matrix
    let decomposed = try DecomposedModel(
      matrix, residuals: Double.zeros(30), scale: [Double](repeating: 1, count: 9),
      columns: Array(0..<9), ledger: RunLedger())
    // In coordinates of singular vectors Vᵀg = Σc.
    let values = decomposed.coordinates.values
    let coefficients = values.indices.map { i -> Double in
      let column = decomposed.step(values.indices.map { $0 == i ? 1 : 0 })
      return gradient.dot(column) / values[i]
    }
    let coordinates = SpectralCoordinates(
      values: values, coefficients: coefficients, cutoff: 1e-15)
    var previous = 0.0
    for part in [1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999] {
      let radius = part * full
      let outcome = try run(iteration, radius: radius)
      #expect(outcome.isOnBoundary && outcome.status == .converged)
      #expect(
        abs(iteration.step.norm / radius - 1) < 1e-12 && abs(outcome.norm / radius - 1) < 1e-12)
      let reduction = iteration.reduction(gradient)
      #expect(abs(reduction + (try model(iteration.step.array))) <= 1e-10 * reduction)
      let best = coordinates.reduction(
        of: coordinates.damped(by: coordinates.damping(forNorm: radius, accuracy: 1e-10)))
      // Yuan, On the truncated conjugate gradient method, 2000.
      #expect(reduction >= best / 2 && reduction <= best * (1 + 1e-9) && reduction > previous)
      previous = reduction
    }
  }

  @Test("measures lengths by the preconditioner, without products with it")
  func norms() throws {
    let scale: [Double] = (0..<9).map { 0.5 + Double($0) }
    let preconditioner = Scaling(scale)
    let iteration = SteihaugIteration<Double>(parameterCount: 9)
    for radius in [1e-3, 0.1, 1, 3] {
      let outcome = try run(iteration, radius: radius, preconditioner: preconditioner)
      let step = iteration.step.array
      let norm = zip(step, scale).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }.squareRoot()
      #expect(abs(outcome.norm / norm - 1) < 1e-9)
      #expect(!outcome.isOnBoundary || abs(norm / radius - 1) < 1e-9)
    }
    // The same as the minimum without one.
    _ = try run(iteration, radius: 1e9, threshold: 1e-12, preconditioner: preconditioner)
    let step = iteration.step.array
    _ = try run(iteration, radius: 1e9, threshold: 1e-12)
    #expect(distance(step, iteration.step.array) < 1e-8 * norm(step))
  }

  @Test("chooses a first radius from the length of its first step")
  func firstRadius() throws {
    let iteration = SteihaugIteration<Double>(parameterCount: 9)
    let outcome = try run(iteration, radius: nil)
    let image = try jacobian.product(gradient.array)
    let curvature = Double.dot(image.span, image.span)
    let cauchy = gradient.dot(gradient) / curvature * gradient.norm
    #expect(abs(outcome.radius / (3 * cauchy) - 1) < 1e-12)
  }

  @Test("goes to the surface along directions without curvature")
  func flat() throws {
    let iteration = SteihaugIteration<Double>(parameterCount: 9)
    iteration.begin(gradient)
    let outcome = try iteration.run(
      radius: 2, firstFactor: 1, threshold: 0, maximumIterations: 5, preconditioner: nil,
      ledger: RunLedger()
    ) { _, result in Double.fill(&result, with: 0) }
    #expect(outcome.isOnBoundary && outcome.iterations == 1)
    #expect(abs(iteration.step.norm - 2) < 1e-14)
    #expect(abs(iteration.reduction(gradient) - 2 * gradient.norm) < 1e-12)
  }
}

private final class Scaling: Preconditioner {
  let scale: [Double]
  var report: PreparationReport { PreparationReport(access: "a diagonal") }

  init(_ scale: [Double]) { self.scale = scale }

  func applyInverse(in r: inout MutableSpan<Double>) {
    for i in r.indices { r[i] /= scale[i] }
  }
}
