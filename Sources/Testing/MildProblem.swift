import Foundation
import OptimKit
import OptimKitModels

/// Least squares in u + ¼ sin u for u = X θ: nonlinear, but so mildly that every sound optimizer finds the
/// minimum, and conditioned so well that it takes few steps.
struct MildProblem<Scalar: RealScalar> {
  let objective: LeastSquares<MildModel<Scalar>>
  let start: [Scalar]

  init() throws {
    let key = RandomKey(seed: 0, purpose: "a mild problem")
    let model = MildModel<Scalar>(
      features: try tallMatrix(rows: 24, columns: 5, conditionNumber: 2))
    let solution: [Scalar] = key.normalVector(5)
    var targets: [Scalar] = filled(24) { model.evaluate(at: solution.span, into: &$0) }
    // A residual remains, so that the minimum is not a zero.
    targets = combination(0.01, key.with(iteration: 1).normalVector(24), 1, targets)
    objective = try LeastSquares(model, targets: targets)
    start = combination(1, key.with(iteration: 2).normalVector(5), 1, solution)
  }
}

/// u + ¼ sin u, element by element, for u = X θ.
struct MildModel<Scalar: RealScalar>: Model {
  /// X.
  let features: Matrix<Scalar>

  var parameterCount: Int { features.columnCount }
  var outputCount: Int { features.rowCount }

  func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) {
    DenseJacobian(features).apply(parameters, into: &outputs)
    for i in outputs.indices { outputs[i] += Scalar(sin(Double(outputs[i]))) / 4 }
  }

  func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) -> DenseJacobian<Scalar> {
    DenseJacobian(features).apply(parameters, into: &outputs)
    var jacobian = features
    for i in outputs.indices {
      let slope = 1 + Scalar(cos(Double(outputs[i]))) / 4
      for j in 0..<parameterCount { jacobian[i, j] *= slope }
    }
    evaluate(at: parameters, into: &outputs)
    return DenseJacobian(jacobian)
  }
}

extension MildModel: Restrictable {
  func restricted(to samples: [Int]) -> Self {
    Self(features: features.selectingRows(samples))
  }
}
