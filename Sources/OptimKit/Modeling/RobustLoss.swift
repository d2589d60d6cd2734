/// A loss c² v(|r| / c) of the residual r = f − y that grows more slowly than ½ r² beyond its scale c, so that outliers
/// have little say. Near 0 it is ½ r².
///
///     let objective = try EmpiricalRisk(model: model, loss: CauchyLoss(scale: 0.1), targets: targets)
///
/// With outputs that belong together, such as the two coordinates of a pixel, `SampleNormLoss` takes the norm of a
/// sample's residuals in place of |r|.
///
/// - Implementor must: give terms for every distance from 0 to infinity, NaN for none but NaN.
public protocol RobustLoss: ElementwiseLoss, Hashable {
  /// c > 0: residuals well below it count as with the squared loss.
  var scale: Double { get }

  /// What stands in for the curvature.
  var curvature: RobustCurvature { get }

  /// v and its derivatives at a distance t = |r| / c.
  func terms(distance: Double) -> RobustTerms
}

/// A robust loss c² v(t) and its derivatives at a distance t = |r| / c.
public struct RobustTerms: Hashable, Sendable {
  /// v.
  public var value: Double
  /// v′/t, the weight of the residual in the gradient; from 0 to 1.
  public var weight: Double
  /// v″, the second derivative along the residual; at most the weight, and may be negative.
  public var radialCurvature: Double

  /// Creates terms.
  @inlinable
  public init(value: Double, weight: Double, radialCurvature: Double) {
    self.value = value
    self.weight = weight
    self.radialCurvature = radialCurvature
  }

  /// The curvature along the residual relative to the weight, from 0.001 to 1; 1 where the weight is 0.
  @inlinable
  @inline(__always)
  public func curvatureRatio(_ curvature: RobustCurvature) -> Double {
    guard curvature == .secondOrder, weight > 0 else { return 1 }
    return max(RobustCurvature.leastRatio, radialCurvature / weight)
  }
}

extension RobustLoss {
  /// β = 1.
  public var constants: LossConstants { LossConstants(smoothness: 1) }

  /// ℓ and its derivatives, as `terms(distance:)` gives them.
  @inlinable
  @inline(__always)
  public func terms(output: Double, target: Double) -> LossTerms {
    let residual = output - target
    let terms = terms(distance: abs(residual) / scale)
    return LossTerms(
      value: scale * scale * terms.value,
      slope: terms.weight == 0 ? 0 : terms.weight * residual,
      curvature: terms.weight * terms.curvatureRatio(curvature))
  }

  /// Throws where the scale is not finite and positive.
  @inlinable
  public static func requireScale(_ scale: Double, of loss: String) throws {
    guard scale > 0, scale.isFinite else {
      throw OptimKitError(
        .invalidArgument, cause: "the scale of a \(loss) loss is \(scale)",
        remedy: "pass a finite positive number, such as the expected size of a good residual")
    }
  }
}
