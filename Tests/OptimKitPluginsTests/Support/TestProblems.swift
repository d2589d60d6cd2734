import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting

/// A two-layer network on Gaussian samples of unit length with targets in [−1, 1].
func syntheticObjective<Scalar: RealScalar>(
  samples: Int, features: Int, width: Int
) throws -> LeastSquares<TwoLayerReLU<Scalar>> {
  var matrix = try Matrix<Scalar>(
    rowCount: samples, columnCount: features, storage: normalVector(samples * features, seed: 11))
  for i in 0..<samples {
    let norm = Scalar.norm(Array(matrix.row(i)).span)
    for j in 0..<features { matrix[i, j] /= norm }
  }
  let targets = (0..<samples).map { Scalar(sin(Double($0 * $0))) }
  return try LeastSquares(
    TwoLayerReLU(features: matrix, width: width, seed: 1), targets: targets)
}

/// f(θ) = A θ, from a dense matrix.
struct DenseLinearModel: Model {
  let matrix: Matrix<Double>

  var parameterCount: Int { matrix.columnCount }
  var outputCount: Int { matrix.rowCount }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    DenseJacobian(matrix).apply(parameters, into: &outputs)
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> DenseJacobian<Double> {
    evaluate(at: parameters, into: &outputs)
    return DenseJacobian(matrix)
  }
}

extension DenseLinearModel: Restrictable {
  func restricted(to samples: [Int]) -> Self { Self(matrix: matrix.selectingRows(samples)) }
}

/// Well-conditioned linear least squares, 60 samples of 4 features, with a residual at the minimum.
func noisyProblem() throws -> LeastSquares<DenseLinearModel> {
  try LeastSquares(
    DenseLinearModel(matrix: tallMatrix(rows: 60, columns: 4, conditionNumber: 3)),
    targets: normalVector(60, seed: 4))
}

/// ½ Σ λᵢ θᵢ², whose minimum is 0 at 0.
func quadratic(eigenvalues: [Double]) throws -> LeastSquares<DenseLinearModel> {
  var matrix = Matrix<Double>(rowCount: eigenvalues.count, columnCount: eigenvalues.count)
  for (i, value) in eigenvalues.enumerated() { matrix[i, i] = value.squareRoot() }
  return try LeastSquares(
    DenseLinearModel(matrix: matrix), targets: [Double](repeating: 0, count: eigenvalues.count))
}

/// `count` numbers from 1 to `last`, evenly spaced.
func spectrum(_ count: Int, to last: Double) -> [Double] {
  (0..<count).map { 1 + (last - 1) * Double($0) / Double(count - 1) }
}

/// A weighted linear least-squares problem with a ridge.
struct LinearProblem {
  let objective: LeastSquares<DenseLinearModel>

  init(rows: Int, columns: Int, ridge: Double) throws {
    let tall: Matrix<Double> = try tallMatrix(
      rows: max(rows, columns), columns: min(rows, columns), conditionNumber: 10)
    objective = try LeastSquares(
      DenseLinearModel(matrix: rows >= columns ? tall : tall.transposed()),
      targets: normalVector(rows, seed: 4), weights: (0..<rows).map { 1 + Double($0 % 4) },
      ridge: ridge)
  }

  /// The gradient norm at zero, to compare others with.
  var scale: Double {
    get throws {
      try gradientNorm(at: [Double](repeating: 0, count: objective.parameterCount))
    }
  }

  func gradientNorm(at parameters: [Double]) throws -> Double {
    let counted = CountedObjective<Double>(objective)
    let linearization = try counted.linearize(at: parameters.span)
    var gradient = parameters
    var span = gradient.mutableSpan
    try counted.gradient(at: parameters.span, linearization, into: &span)
    return Double.norm(span.span)
  }
}

/// One residual of one parameter, with its derivative.
protocol ScalarModel: Model where Scalar == Double, Jacobian == DenseJacobian<Double> {
  func valueAndDerivative(at x: Double) -> (Double, Double)
}

extension ScalarModel {
  var parameterCount: Int { 1 }
  var outputCount: Int { 1 }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    outputs[0] = valueAndDerivative(at: parameters[0]).0
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> DenseJacobian<Double> {
    let (value, derivative) = valueAndDerivative(at: parameters[0])
    outputs[0] = value
    return DenseJacobian(try Matrix(rowCount: 1, columnCount: 1, storage: [derivative]))
  }
}

/// arctan θ: full Newton steps from beyond 1.39 overshoot further and further. Not defined beyond `largest`.
struct ArctangentModel: ScalarModel {
  var largest = Double.infinity

  func valueAndDerivative(at x: Double) -> (Double, Double) {
    abs(x) <= largest ? (atan(x), 1 / (1 + x * x)) : (.nan, .nan)
  }
}

/// The Jacobian of a network on Gaussian samples at Gaussian weights.
func networkJacobian<Scalar: RealScalar>(
  samples: Int, features: Int, width: Int, outputs: Int
) throws -> TwoLayerReLUJacobian<Scalar> {
  let network = try TwoLayerReLU<Scalar>(
    features: Matrix(
      rowCount: samples, columnCount: features,
      storage: normalVector(samples * features, seed: 11)),
    width: width, outputsPerSample: outputs, seed: 1)
  let parameters: [Scalar] = normalVector(network.parameterCount, seed: 12)
  var values = Scalar.zeros(network.outputCount)
  var span = values.mutableSpan
  return network.linearize(at: parameters.span, outputs: &span)
}
