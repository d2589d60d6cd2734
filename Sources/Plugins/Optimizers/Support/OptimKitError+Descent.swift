import OptimKit

extension OptimKitError {
  /// No step can be made, since the gradient is zero.
  static var stationary: OptimKitError {
    OptimKitError(
      .noConvergence, cause: "the gradient is zero: no step leads on",
      remedy: "this is a stationary point; stop at a gradient norm, or start elsewhere")
  }

  /// No step along a descent direction reduces the loss: the end of the run where that is all that rounding allows.
  ///
  /// - Parameters:
  ///   - loss: F(θ).
  ///   - expected: By how much the best step along the direction should reduce it.
  ///   - rounding: How far two values of it may differ by rounding alone.
  static func noDescent<Scalar: RealScalar>(
    from loss: Scalar, expected: Scalar, rounding: Scalar
  ) -> OptimKitError {
    if expected <= rounding {
      return converged("a step can reduce the loss of \(loss) by its rounding only")
    }
    return noDescent(from: loss, Scalar.self)
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

  /// The end of an iteration that rounding allows no further.
  static func converged(_ cause: String) -> OptimKitError {
    OptimKitError(
      .roundingLimit, cause: "converged to rounding: \(cause)",
      remedy: "none is needed; a scalar type of higher precision gives more digits")
  }
}

extension RealScalar {
  /// How far two values of a loss that is a sum of so many terms may differ by rounding alone.
  static func lossRounding(_ loss: Self, termCount: Int) -> Self {
    (16 + Self(termCount).squareRoot()) * unitRoundoff * abs(loss)
  }
}
