import OptimKit

/// P = I: no preconditioner, for comparison.
///
/// κ(P⁻¹N) = κ(N). Cost and storage: none.
public struct IdentityPreconditioning: PreconditionerStrategy {
  /// Creates the strategy.
  public init() {}

  /// "identity".
  public var name: String { "identity" }

  /// Accepts everything: there are no options.
  public func validate() throws {}

  /// Makes the identity.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    IdentityPreconditioner<Scalar>()
  }
}

extension PreconditionerStrategy where Self == IdentityPreconditioning {
  /// No preconditioner.
  public static var identity: Self { Self() }
}

/// P = I.
final class IdentityPreconditioner<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport

  /// The identity, and why it is used.
  init(report: PreparationReport = PreparationReport(access: "identity", costInIterations: 0)) {
    self.report = report
  }

  /// Leaves r alone.
  func applyInverse(in r: inout MutableSpan<Scalar>) {}

  /// Leaves r alone.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {}

  /// Leaves r alone.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {}
}
