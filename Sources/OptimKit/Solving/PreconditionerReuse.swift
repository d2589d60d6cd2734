/// How long a preconditioner lives: for one system, or across the systems of a whole run.
///
/// The Jacobians of successive steps differ little, and a preconditioner stays good for a while. Decisions
/// rest on counts of iterations and operations alone, never on a clock: the same seed gives the same bits.
public enum PreconditionerReuse: Hashable, Sendable, Codable {
  /// A new one for each system.
  case never

  /// The same one, until one of these holds:
  ///
  /// - the last solve took more than `growthFactor` times the iterations that a new one would need, judged
  ///   by the first solve with it: iterations per digit of accuracy, times the digits gained; and a new one
  ///   costs at most four times the difference;
  /// - the iterations above those, added up since it was made, cost as much as a new one (the ski-rental
  ///   rule: at most twice the cost of the best moment in hindsight);
  /// - the damping changed by more than `growthFactor`²: κ(P⁻¹N) grows at most by that ratio, and
  ///   iterations by its root;
  /// - the system has other sizes.
  ///
  /// A solve that stagnates, hits its limit, or takes several times the iterations it should, is finished
  /// with a new one in the same call.
  case adaptive(growthFactor: Double)

  /// Adaptive with a growth factor of 2.
  public static var adaptive: Self { .adaptive(growthFactor: 2) }

  /// In words, for reports.
  package var words: String {
    switch self {
    case .never: "never kept"
    case .adaptive(let factor): "kept while iterations grow by at most \(factor)"
    }
  }

  /// Throws where the growth factor is below 1 or not finite.
  public func validate() throws {
    guard case .adaptive(let factor) = self else { return }
    guard factor.isFinite, factor >= 1 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a preconditioner is reused while iterations grow by at most \(factor)",
        remedy: "choose a factor of at least 1; 2 is usual")
    }
  }
}
