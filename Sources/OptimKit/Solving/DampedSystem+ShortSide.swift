/// b and c of the problem ½‖T x − b‖² + (μ/2)‖x − c‖².
public struct DampedRightHandSide<Scalar: RealScalar>: Sendable {
  /// b, one element per row of T.
  public var target: [Scalar]

  /// c, one element per column of T; nil stands for zero.
  public var center: [Scalar]?

  /// Tᵀb + μc, one element per column of T, where it is known: in the primal it saves the product with Jᵀ.
  public var normalSide: [Scalar]?

  /// Creates a right-hand side.
  ///
  /// - Caller must: pass a `normalSide`, where there is one, that belongs to b and c.
  public init(target: [Scalar], center: [Scalar]? = nil, normalSide: [Scalar]? = nil) {
    self.target = target
    self.center = center
    self.normalSide = normalSide
  }
}

extension DampedSystem {
  /// result ← r of N z = r.
  ///
  /// - Complexity: One product with Jᵀ in the primal, unless the right-hand side knows it; one with J in the dual with
  ///   a center.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func shortSide(
    of rightHandSide: borrowing DampedRightHandSide<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    precondition(result.count == shortCount && rightHandSide.target.count == rowCount)
    if isDual {
      guard let center = rightHandSide.center else {
        Scalar.copy(rightHandSide.target.span, into: &result)
        return
      }
      try apply(center.span, into: &result)
      Scalar.combine(1, rightHandSide.target.span, plus: -1, into: &result)
    } else if let normalSide = rightHandSide.normalSide {
      Scalar.copy(normalSide.span, into: &result)
    } else {
      // Zeros, as for the inverse of N, take no product; ranks do not see each other's rows.
      if !isSharded, Scalar.isConstant(rightHandSide.target.span, 0) {
        Scalar.fill(&result, with: 0)
      } else {
        try applyTransposed(rightHandSide.target.span, into: &result)
      }
      if let center = rightHandSide.center { Scalar.add(damping, center.span, to: &result) }
    }
  }

  /// result ← x, from z.
  ///
  /// - Parameters:
  ///   - z: The solution of N z = r, of `shortCount` elements.
  ///   - rightHandSide: What r was made of.
  ///   - inSinglePrecision: Whether some roundoffs of `Float` more of error in the product do no harm, as where z comes
  ///     from a factor in single precision; false by default.
  ///   - result: x, of `columnCount` elements.
  /// - Complexity: One product with Jᵀ in the dual.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func recover(
    from z: Span<Scalar>, of rightHandSide: borrowing DampedRightHandSide<Scalar>,
    inSinglePrecision: Bool = false, into result: inout MutableSpan<Scalar>
  ) throws {
    precondition(z.count == shortCount && result.count == columnCount)
    guard isDual else {
      Scalar.copy(z, into: &result)
      return
    }
    if inSinglePrecision {
      try applyTransposedInSinglePrecision(z, into: &result)
    } else {
      try applyTransposed(z, into: &result)
    }
    if let center = rightHandSide.center { Scalar.add(1, center.span, to: &result) }
  }

  /// What products with N are made from, in words.
  public var productAccess: String {
    if isDual ? gramComputing != nil : normalProducts != nil { return "fused normal products" }
    return "Jacobian products"
  }
}
