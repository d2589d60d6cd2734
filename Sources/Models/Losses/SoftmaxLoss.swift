import Foundation
import OptimKit

/// The softmax cross-entropy ℓ(f, y) = log Σ_j e^(f_j) − Σ_j y_j f_j of k outputs: multinomial logistic regression.
///
/// Targets of a sample are k probabilities that sum to 1, such as a single 1 at the sample's class. With
/// p = softmax(f) the gradient is p − y, and the curvature diag(p) − p pᵀ. It has the Cholesky factor
///
///     C_jj = √(p_j q_j / q_{j−1}),   C_ij = −p_i √(p_j / (q_{j−1} q_j)),   q_j = Σ_{l > j} p_l,
///
/// computed from sums of positive numbers. C is singular, as ℓ does not change with what all outputs of a sample
/// share: without a ridge on the weights, minimisers are not unique.
public struct SoftmaxLoss: PiecewiseLoss, Hashable {
  /// Creates the loss.
  public init() {}

  /// Always.
  public var isConvex: Bool { true }

  /// The outputs of a sample share their probabilities.
  public var hasBlockCurvature: Bool { true }

  /// β = 1/2 and M = √2, the largest difference of two elements of a unit vector, hence L = 1/√2.
  public var constants: LossConstants {
    LossConstants(
      smoothness: 0.5, curvatureLipschitz: 0.5.squareRoot(), selfConcordance: 2.0.squareRoot())
  }

  /// Throws where targets of a sample are no probabilities, or there is one output only.
  public func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws {
    guard outputsPerSample > 1 else {
      throw OptimKitError(
        .invalidArgument, cause: "the softmax loss of \(outputsPerSample) output a sample",
        remedy: "give one output a class, or take the logistic loss for two classes")
    }
    try TargetDomain.unitInterval.validate(targets, of: "softmax loss")
    for first in stride(from: 0, to: targets.count, by: outputsPerSample) {
      let sum = (first..<first + outputsPerSample).reduce(Scalar(0)) { $0 + targets[$1] }
      guard abs(sum - 1) <= 64 * Scalar(outputsPerSample) * Scalar.unitRoundoff else {
        throw OptimKitError(
          .invalidArgument,
          cause: "targets of sample \(first / outputsPerSample) of the softmax loss sum to \(sum)",
          remedy: "pass 1 for the sample's class and 0 for the others, or probabilities")
      }
    }
  }

  /// The value over a piece; gradient ← w (p − y); curvatureFactor ← √w times the Cholesky factors of
  /// diag(p) − p pᵀ.
  ///
  /// - Complexity: O(n k²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    let count = piece.outputsPerSample
    let least = constants.smoothness! * Double(Scalar.unitRoundoff)
    var probabilities = [Double](repeating: 0, count: count)
    var sum = 0.0
    for sample in piece.samples {
      let weight = Double(piece.weights[sample])
      let outputs = piece.outputs + sample * count
      let targets = piece.targets + sample * count
      var largest = Double(outputs[0])
      for j in 1..<count { largest = max(largest, Double(outputs[j])) }
      var total = 0.0
      var value = 0.0
      for j in 0..<count {
        let shifted = Double(outputs[j]) - largest
        probabilities[j] = exp(shifted)
        total += probabilities[j]
        if targets[j] != 0 { value -= Double(targets[j]) * shifted }
      }
      if weight != 0 { sum += weight * (value + log(total)) }
      guard let gradient = piece.gradient, let factor = piece.curvatureFactor else { continue }
      for j in 0..<count {
        probabilities[j] /= total
        gradient[sample * count + j] = Scalar(weight * (probabilities[j] - Double(targets[j])))
      }
      Self.factor(
        probabilities, weight: weight, least: least, into: factor + sample * count * count)
    }
    return sum
  }

  /// Column by column from the last, so that q grows by what is added to it.
  @inline(__always)
  private static func factor<Scalar: RealScalar>(
    _ p: [Double], weight: Double, least: Double, into block: UnsafeMutablePointer<Scalar>
  ) {
    let count = p.count
    var tail = 0.0
    for j in (0..<count).reversed() {
      let whole = tail + p[j]
      let pivot = whole > 0 ? p[j] * (tail / whole) : 0
      // A slope without curvature defines a step all the same.
      block[j * count + j] = Scalar((weight * max(pivot, least)).squareRoot())
      let scale =
        tail > 0 ? (weight * (p[j] / whole)).squareRoot() / tail.squareRoot() : 0
      for i in j + 1..<max(count, j + 1) {
        block[i * count + j] = Scalar(-p[i] * scale)
      }
      for i in 0..<j { block[i * count + j] = 0 }
      tail = whole
    }
  }
}

extension SoftmaxLoss: ResponseLoss, ClassificationLoss {
  /// outputs ← softmax(f), the probabilities of the classes.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func applyInverseLink<Scalar: RealScalar>(
    to outputs: inout MutableSpan<Scalar>, outputsPerSample: Int
  ) {
    for first in stride(from: 0, to: outputs.count, by: outputsPerSample) {
      var largest = Double(outputs[first])
      for j in 1..<outputsPerSample { largest = max(largest, Double(outputs[first + j])) }
      var total = 0.0
      for j in 0..<outputsPerSample { total += exp(Double(outputs[first + j]) - largest) }
      for j in 0..<outputsPerSample {
        outputs[first + j] = Scalar(exp(Double(outputs[first + j]) - largest) / total)
      }
    }
  }
}
