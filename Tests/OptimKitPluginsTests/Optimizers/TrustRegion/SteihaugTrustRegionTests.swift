import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Synchronization
import Testing

@Suite("Steihaug trust regions")
struct SteihaugTrustRegionTests {
  @Test("need products alone, and solve standard problems to the last digits")
  func standardProblems() throws {
    var solved = 0
    var rest: [String] = []
    for problem in StandardProblem.all {
      let result = try minimize(
        LeastSquares(
          ProductsOnlyModel(base: problem.model),
          targets: Double.zeros(problem.model.outputCount)),
        from: problem.start, using: .steihaugTrustRegion(),
        until: [.loss(1e-22), .iterations(2000)])
      if problem.isMinimum(2 * result.summary.finalLoss) {
        solved += 1
      } else {
        rest.append("\(problem): \(result.reason), \(2 * result.summary.finalLoss)")
      }
    }
    // Meyer's parameters differ by factors of 10⁷ in size.
    #expect(solved >= 11, "\(rest)")
  }

  @Test("with the diagonal as preconditioner, do not depend on the units of the parameters")
  func units() throws {
    let wood = StandardProblem.wood
    // Powers of two, so that not even roundings differ much.
    let units = [1024.0, 0.125, 1, 4096]
    let scaled = ResidualModel(parameterCount: 4, residualCount: 6) { x in
      wood.function(zip(units, x).map { Dual($0) * $1 })
    }
    let one = try minimize(
      wood.model.objective(), from: wood.start,
      using: .steihaugTrustRegion(preconditioning: .diagonal), until: [.iterations(12)])
    let other = try minimize(
      scaled.objective(), from: zip(wood.start, units).map { $0 / $1 },
      using: .steihaugTrustRegion(preconditioning: .diagonal), until: [.iterations(12)])
    let back = zip(other.parameters, units).map { $0 * $1 }
    #expect(distance(one.parameters, back) < 1e-6 * norm(back))
  }

  @Test("take fewer inner iterations with blocks of the diagonal as preconditioner")
  func preconditioning() throws {
    // Pairs of columns of lengths from 1 to 10⁴, nearly parallel within a pair.
    let columns: Matrix<Double> = try tallMatrix(rows: 80, columns: 20, conditionNumber: 2)
    var matrix = columns
    for i in 0..<80 {
      for j in 0..<20 {
        let pair = j % 2 == 0 ? columns[i, j] : columns[i, j - 1] + 1e-2 * columns[i, j]
        matrix[i, j] = pow(10, Double(j / 2) * 4 / 9) * pair
      }
    }
    let objective = try LeastSquares(
      DenseLinearModel(matrix: matrix), targets: normalVector(80, seed: 2))
    func iterations(_ optimizer: some Optimizer) throws -> Int {
      let result = try minimize(
        objective, from: [Double](repeating: 1, count: 20), using: optimizer,
        until: [.relativeGradientNorm(1e-9), .iterations(400)])
      #expect(result.isConverged, "\(optimizer.details): \(result.reason)")
      return result.summary.counts.innerIterations
    }
    let blocks = try iterations(.steihaugTrustRegion(preconditioning: .blockJacobi(blockSize: 2)))
    let diagonal = try iterations(.steihaugTrustRegion(preconditioning: .diagonal))
    let plain = try iterations(.steihaugTrustRegion())
    #expect(2 * blocks < diagonal && 2 * diagonal < plain, "\(blocks), \(diagonal), \(plain)")
  }

  @Test("end where a preconditioner has no place: in the dual, and in a box")
  func refusals() throws {
    let wide: Matrix<Double> = try tallMatrix(rows: 8, columns: 3, conditionNumber: 2).transposed()
    let objective = try LeastSquares(DenseLinearModel(matrix: wide), targets: [1, 2, 3])
    let error = #expect(throws: OptimKitError.self) {
      try minimize(
        objective, from: Double.zeros(8), using: .steihaugTrustRegion(preconditioning: .diagonal))
    }
    #expect(error?.kind == .invalidArgument)
    let result = try minimize(
      objective, from: Double.zeros(8), using: .steihaugTrustRegion(),
      until: [.relativeLoss(1e-20), .iterations(50)])
    #expect(result.isConverged)
    for optimizer in [
      SteihaugTrustRegion(preconditioning: IdentityPreconditioning(), initialRadius: 0),
      SteihaugTrustRegion(preconditioning: IdentityPreconditioning(), innerTolerance: .fixed(1)),
      SteihaugTrustRegion(
        preconditioning: IdentityPreconditioning(), maximumInnerIterations: 0),
    ] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
  }

  @Test("shorten steps that leave the domain of the model, and fail where derivatives are wrong")
  func trouble() throws {
    // A full step from 1.5 leads to −1.69.
    let result = try minimize(
      LeastSquares(ArctangentModel(largest: 1.6), targets: [0]), from: [1.5],
      using: .steihaugTrustRegion(), until: [.iterations(50)])
    #expect(result.isConverged && abs(result.parameters[0]) < 1e-12, "\(result.reason)")
    let wrong = try minimize(
      LeastSquares(WrongModel(), targets: [0]), from: [1], using: .steihaugTrustRegion(),
      until: [.iterations(50)])
    #expect(wrong.reason.status == .failed && wrong.reason.error?.kind == .noConvergence)
    #expect(wrong.parameters == [1])
  }

  @Test("end within the product that a cancellation comes in, at the last point")
  func cancellation() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 40, columns: 12, conditionNumber: 100)
    let start = [Double](repeating: 2, count: 12)
    func run(cancelling call: Int) throws -> (OptimizationResult<Double>, Int) {
      let watch = ProductWatch(call: call)
      let objective = try LeastSquares(
        ProductsOnlyModel(base: DenseLinearModel(matrix: matrix), watch: watch),
        targets: normalVector(40, seed: 3))
      let result = try minimize(
        objective, from: start, using: .steihaugTrustRegion(), until: [.iterations(4)],
        cancellation: watch.token)
      return (result, watch.count.load(ordering: .relaxed))
    }
    let (whole, total) = try run(cancelling: .max)
    #expect(whole.summary.iterations == 4 && total > 20)
    for call in stride(from: 3, to: total, by: 5) {
      let (result, count) = try run(cancelling: call)
      #expect(result.reason.status == .cancelled && count == call)
      #expect(
        result.summary.finalLoss == whole.summary.history[result.summary.iterations].loss)
    }
  }
}

/// A model whose Jacobian hides all but its products, and counts them.
struct ProductsOnlyModel<Base: Model>: Model where Base.Scalar == Double {
  let base: Base
  var watch: ProductWatch?

  var parameterCount: Int { base.parameterCount }
  var outputCount: Int { base.outputCount }
  var outputsPerSample: Int { base.outputsPerSample }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) throws {
    try base.evaluate(at: parameters, into: &outputs)
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> CountingJacobian {
    CountingJacobian(
      base: ProductsOnlyJacobian(try base.linearize(at: parameters, outputs: &outputs)),
      watch: watch)
  }
}

/// Counts products, and cancels in one of them.
final class ProductWatch: Sendable {
  let count = Atomic(0)
  let token = CancellationToken()
  private let call: Int

  init(call: Int = .max) { self.call = call }

  func book() {
    if count.add(1, ordering: .relaxed).newValue >= call { token.cancel() }
  }
}

struct CountingJacobian: JacobianProvider {
  let base: ProductsOnlyJacobian<Double>
  let watch: ProductWatch?

  var rowCount: Int { base.rowCount }
  var columnCount: Int { base.columnCount }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) throws {
    watch?.book()
    try base.apply(x, into: &result)
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) throws {
    watch?.book()
    try base.applyTransposed(u, into: &result)
  }
}

/// exp θ, with a derivative of the wrong sign.
private struct WrongModel: ScalarModel {
  func valueAndDerivative(at x: Double) -> (Double, Double) { (exp(x), -exp(x)) }
}
