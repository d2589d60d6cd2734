import OptimKit

extension OptimKitError {
  /// No step can be made, since the gradient is zero.
  static var stationary: OptimKitError {
    OptimKitError(
      .noConvergence, cause: "the gradient is zero: no step leads on",
      remedy: "this is a stationary point; stop at a gradient norm, or start elsewhere")
  }

  /// No step is defined, since derivatives are not finite.
  static var nonFiniteDerivatives: OptimKitError {
    OptimKitError(
      .nonFiniteValue, cause: "the gradient holds NaN or infinity, though the loss is finite",
      remedy: "check the model's derivatives at this point, or start elsewhere")
  }

  /// No step along a descent direction reduces the loss.
  static func noDescent<Scalar: RealScalar>(from loss: Scalar, _: Scalar.Type) -> OptimKitError {
    OptimKitError(
      .noConvergence, cause: "no step along a descent direction reduces the loss of \(loss)",
      remedy: "this is the accuracy that \(Scalar.typeName) allows here, or the model's "
        + "derivatives are wrong: loosen the tolerance, or check them")
  }
}
