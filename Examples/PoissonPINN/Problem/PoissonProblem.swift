import Foundation
import OptimKit
import OptimKitModels

/// Poisson's equation on the unit cube, with its known solution.
struct PoissonProblem {
  let dimension: Int
  let model: PhysicsInformedModel<Double>
  let objective: LeastSquares<PhysicsInformedModel<Double>>
  /// Where training starts.
  let start: [Double]
  /// Where errors are measured.
  let testPoints: Matrix<Double>
  /// u there.
  let testValues: [Double]

  init(_ options: Options) throws {
    dimension = options.dimension
    let seed = UInt64(options.seed)
    let (interior, boundary) = try Self.points(dimension, seed: seed)
    let network = try NetworkArchitecture(
      inputCount: dimension,
      hiddenWidths: [Int](repeating: options.width, count: options.depth))
    model = try PhysicsInformedModel(
      network: network,
      conditions: [.init(.negativeLaplacian, at: interior), .init(.identity, at: boundary)])
    let targets =
      (0..<interior.rowCount).map { Self.source(interior.row($0)) }
      + (0..<boundary.rowCount).map { Self.solution(boundary.row($0)) }
    objective = try LeastSquares(
      model, targets: targets, weights: model.meanWeights([1, options.boundaryWeight]))
    start = try model.initialParameters(steepness: options.steepness, seed: seed)
    let testPoints = try Self.testPoints(dimension, seed: seed)
    testValues = (0..<testPoints.rowCount).map { Self.solution(testPoints.row($0)) }
    self.testPoints = testPoints
  }

  /// u.
  static func solution(_ x: ArraySlice<Double>) -> Double {
    x.count == 2
      ? x.reduce(1) { $0 * sin(.pi * $1) } : x.reduce(0) { $0 + cos(.pi * $1) }
  }

  /// f = −Δu: both solutions are eigenfunctions.
  static func source(_ x: ArraySlice<Double>) -> Double {
    (x.count == 2 ? 2 : 1) * .pi * .pi * solution(x)
  }

  /// ‖û − u‖ / ‖u‖ at the test points.
  func relativeError(at parameters: [Double]) throws -> Double {
    let found = try model.network.outputs(at: testPoints, parameters: parameters)
    var (error, size) = (0.0, 0.0)
    for (row, value) in testValues.enumerated() {
      error += (found[row, 0] - value) * (found[row, 0] - value)
      size += value * value
    }
    return (error / size).squareRoot()
  }
}
