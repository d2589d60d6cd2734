import OptimKit

/// The tall matrix Ā = [A; √μ I] of a system, for which N = ĀᵀĀ: damped least squares in A are plain ones
/// in Ā,
///
///     primal: minimise ‖Ā x − [b; √μ c]‖,      dual: minimise ‖w‖ subject to Āᵀw = r, x = c + w₁,
///
/// w₁ the first p elements of w. Either way the residual Āᵀ(…) is that of N z = r, and N is never formed.
struct AugmentedOperator<Scalar: RealScalar> {
  let system: DampedSystem<Scalar>
  private let root: Scalar

  init(_ system: DampedSystem<Scalar>) {
    self.system = system
    root = system.damping.squareRoot()
  }

  var longCount: Int { system.augmentedLongCount }
  var shortCount: Int { system.shortCount }

  /// result ← Ā z.
  func apply(_ z: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try result.withSlice(0..<system.longCount) { top in
      if system.isDual {
        try system.applyTransposed(z, into: &top)
      } else {
        try system.apply(z, into: &top)
      }
    }
    guard root > 0 else { return }
    result.withSlice(system.longCount..<longCount) { bottom in
      Scalar.copy(z, into: &bottom)
      Scalar.scale(&bottom, by: root)
    }
  }

  /// result ← Āᵀu.
  func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    let top = u.extracting(first: system.longCount)
    if system.isDual {
      try system.apply(top, into: &result)
    } else {
      try system.applyTransposed(top, into: &result)
    }
    if root > 0 { Scalar.add(root, u.extracting(last: system.shortCount), to: &result) }
  }

  /// result ← [b; √μ c], the right-hand side in the primal.
  func copyTarget(
    of rightHandSide: borrowing DampedRightHandSide<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    result.withSlice(0..<system.rowCount) { Scalar.copy(rightHandSide.target.span, into: &$0) }
    guard root > 0 else { return }
    result.withSlice(system.rowCount..<longCount) { bottom in
      if let center = rightHandSide.center {
        Scalar.copy(center.span, into: &bottom)
        Scalar.scale(&bottom, by: root)
      } else {
        Scalar.fill(&bottom, with: 0)
      }
    }
  }
}
