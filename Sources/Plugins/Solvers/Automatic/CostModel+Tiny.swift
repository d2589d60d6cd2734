import OptimKit

/// Systems that are solved sooner than ways to solve them are compared.
extension CostModel {
  /// The ways for a system, to a relative residual of `tolerance`: Cholesky alone where the system is tiny and it has
  /// not failed.
  func rankUnlessTiny(for system: DampedSystem<Scalar>, tolerance: Double) -> Ranking {
    guard Self.isTiny(system),
      case .success(let exact) = estimate(.exact(.working), for: system, tolerance: tolerance)
    else { return rank(for: system, tolerance: tolerance) }
    return Ranking(open: [exact], closed: [], isComplete: false)
  }

  /// Whether comparing ways would take longer than solving: some 10 µs.
  private static func isTiny(_ system: DampedSystem<Scalar>) -> Bool {
    system.wholeLongCount <= largestTinyWork
      && system.shortCount * system.shortCount * system.wholeLongCount <= largestTinyWork
  }

  private static var largestTinyWork: Int { 1 << 15 }
}
