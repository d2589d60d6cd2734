import OptimKit
import OptimKitModels
import OptimKitPlugins

/// Trainings of networks of growing width on the same samples, and how far each went from its start.
struct WidthSweep: Sendable {
  /// What one training did.
  struct Row: Sendable {
    let width: Int
    /// max_r ‖w_r(T) − w_r(0)‖.
    let movement: Double
    /// What the proof allows it to be: √(n/m) Σ‖g_t‖ ≤ 4 √(n/m) ‖f₀ − y‖ / λ.
    let movementLimit: Double
    /// ‖G_T − G₀‖ / ‖G₀‖ in the Frobenius norm.
    let gramDrift: Double
    /// The share of activations that differ between start and end.
    let flippedShare: Double
    /// ‖J_T − J₀‖ in the Frobenius norm: with rows of unit length the root of the number of flipped activations over m.
    let jacobianDrift: Double
    /// λ_min(G_T) / λ.
    let eigenvalueShare: Double
  }

  let samples: Int
  let features: Int
  let widths: [Int]
  let seeds: [UInt64]
  let rows: [Row]

  /// The sweep of a context, made once.
  static func of(_ context: ClaimContext) throws -> WidthSweep {
    try context.once("width sweep") { try WidthSweep(context) }
  }

  private init(_ context: ClaimContext) throws {
    samples = context.pick(quick: 50, full: 200)
    features = context.pick(quick: 10, full: 20)
    widths = context.pick(
      quick: [256, 1024, 4096, 16384], full: [256, 1024, 4096, 16384, 65536])
    seeds = context.seeds(quick: 4, full: 10)
    var rows: [Row] = []
    for width in widths {
      for seed in seeds {
        let problem = try WideProblem(
          .init(samples: samples, features: features, width: width), seed: seed)
        let training = try problem.train(.exact, seed: seed, context)
        rows.append(try Row(problem, trainedTo: training.parameters))
      }
    }
    self.rows = rows
  }

  /// Quantity against width, a point a training.
  func points(_ quantity: KeyPath<Row, Double>) -> [(x: Double, y: Double)] {
    rows.map { (Double($0.width), $0[keyPath: quantity]) }
  }

  /// The exponent with which a quantity grows with the width.
  func exponent(_ quantity: KeyPath<Row, Double>) -> Double {
    LineFit.powerLaw(points(quantity)).slope
  }

  /// The median of a quantity over seeds, a point a width, as a series of a plot.
  func series(_ name: String, _ quantity: KeyPath<Row, Double>) -> Plot.Series {
    Plot.Series(
      name: name,
      points: widths.map { width in
        (Double(width), rows.filter { $0.width == width }.map { $0[keyPath: quantity] }.median)
      })
  }

  /// What was run, in words.
  var words: String {
    "exact solves to a relative error of 1e-10; n \(samples), d \(features), m "
      + widths.map(String.init).joined(separator: ", ") + "; \(seeds.count) seeds"
  }
}

extension WidthSweep.Row {
  fileprivate init(_ problem: WideProblem, trainedTo parameters: [Double]) throws {
    let samples = Double(problem.shape.samples)
    let (first, outputs) = try problem.linearize(at: problem.start)
    let (last, _) = try problem.linearize(at: parameters)
    let flips = Double(last.flippedActivationCount(from: first))
    let (before, after) = (try Self.gram(of: first), try Self.gram(of: last))
    let limit = try problem.limitingEigenvalue()
    let error = zip(outputs, problem.objective.targets)
      .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    width = problem.shape.width
    movement = problem.network.largestNeuronMovement(from: problem.start, to: parameters)
    movementLimit = 4 * (samples / Double(width)).squareRoot() * error / limit
    gramDrift =
      Self.symmetricNorm(before) { after[$0, $1] - before[$0, $1] }
      / Self.symmetricNorm(before) { before[$0, $1] }
    flippedShare = flips / (samples * Double(width))
    jacobianDrift = (flips / Double(width)).squareRoot()
    eigenvalueShare = try after.symmetricEigenvalues().smallest / limit
  }

  /// Lower triangle of J Jᵀ.
  private static func gram(of jacobian: TwoLayerReLUJacobian<Double>) throws -> Matrix<Double> {
    var result = Matrix<Double>(rowCount: jacobian.rowCount, columnCount: jacobian.rowCount)
    try DampedSystem(jacobian: jacobian).formNormalMatrix(into: &result)
    return result
  }

  /// The Frobenius norm of a symmetric matrix whose lower triangle `element` gives.
  private static func symmetricNorm(
    _ shape: Matrix<Double>, _ element: (Int, Int) -> Double
  ) -> Double {
    var sum = 0.0
    for i in 0..<shape.rowCount {
      for j in 0...i {
        let value = element(i, j)
        sum += (i == j ? 1 : 2) * value * value
      }
    }
    return sum.squareRoot()
  }
}
