import OptimKit

/// A robust loss c² v(‖r‖ / c) of the norm of a sample's residuals r = f − y: outliers are whole samples, such as points of
/// an image, and the loss does not depend on how coordinates are turned.
///
///     let loss = SampleNormLoss(try CauchyLoss(scale: 2))
///
/// Gradient ω r and curvature ω (I − (1 − κ) r rᵀ/‖r‖²), for the weight ω and the ratio κ of the curvature along the
/// residual to it, from 0.001 to 1 (`RobustCurvature`): positive definite, with a Cholesky factor of O(k²) for k outputs.
/// For one output a sample it is the loss itself.
public struct SampleNormLoss<Base: RobustLoss>: PiecewiseLoss, Hashable {
  /// The loss of the norm.
  public let base: Base

  /// Creates the loss.
  public init(_ base: Base) { self.base = base }

  /// Where the loss of the norm is, since that grows.
  public var isConvex: Bool { base.isConvex }

  /// The outputs of a sample share their norm.
  public var hasBlockCurvature: Bool { true }

  /// β = 1.
  public var constants: LossConstants { LossConstants(smoothness: 1) }

  /// The value over a piece; gradient ← w ω r; curvatureFactor ← √(w ω) times the Cholesky factors.
  ///
  /// - Complexity: O(n k²).
  @specialized(where Base == HuberLoss, Scalar == Double)
  @specialized(where Base == HuberLoss, Scalar == Float)
  @specialized(where Base == SoftL1Loss, Scalar == Double)
  @specialized(where Base == SoftL1Loss, Scalar == Float)
  @specialized(where Base == CauchyLoss, Scalar == Double)
  @specialized(where Base == CauchyLoss, Scalar == Float)
  @specialized(where Base == GemanMcClureLoss, Scalar == Double)
  @specialized(where Base == GemanMcClureLoss, Scalar == Float)
  @specialized(where Base == TukeyLoss, Scalar == Double)
  @specialized(where Base == TukeyLoss, Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    let count = piece.outputsPerSample
    let scale = base.scale
    var residual = [Double](repeating: 0, count: count)
    var sum = 0.0
    for sample in piece.samples {
      let weight = Double(piece.weights[sample])
      let first = sample * count
      for j in 0..<count {
        residual[j] = Double(piece.outputs[first + j]) - Double(piece.targets[first + j])
      }
      let norm = Double.norm(residual.span)
      let terms = base.terms(distance: norm / scale)
      if weight != 0 { sum += weight * (scale * scale * terms.value) }
      guard let gradient = piece.gradient, let factor = piece.curvatureFactor else { continue }
      for j in 0..<count {
        gradient[first + j] =
          weight == 0 || terms.weight == 0 ? 0 : Scalar(weight * terms.weight * residual[j])
        residual[j] = norm > 0 ? residual[j] / norm : 0
      }
      let least = Double(Scalar.unitRoundoff)
      Self.factor(
        residual, bend: 1 - terms.curvatureRatio(base.curvature),
        root: (weight * max(terms.weight, least)).squareRoot(), into: factor + first * count)
    }
    return sum
  }

  /// The factor of I − γ v vᵀ for a unit vector v: column by column, from the squares of its first elements.
  @inline(__always)
  private static func factor<Scalar: RealScalar>(
    _ direction: [Double], bend: Double, root: Double, into block: UnsafeMutablePointer<Scalar>
  ) {
    let count = direction.count
    var rest = 1.0
    for j in 0..<count {
      let before = rest
      rest -= bend * direction[j] * direction[j]
      // The last is 1 − γ, at least 0.001, but for rounding.
      rest = max(rest, (1 - bend) / 2)
      let pivot = (rest / before).squareRoot()
      block[j * count + j] = Scalar(root * pivot)
      for i in j + 1..<max(count, j + 1) {
        block[i * count + j] = Scalar(
          -root * bend * direction[i] * direction[j] / (rest * before).squareRoot())
      }
      for i in 0..<j { block[i * count + j] = 0 }
    }
  }
}

extension SampleNormLoss: ResponseLoss {}
