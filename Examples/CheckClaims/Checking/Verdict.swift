import ExampleSupport
import OptimKit

/// A claim, and what came of checking it.
package struct Verdict: Sendable {
  /// How a claim came out.
  package enum Outcome: String, Sendable {
    /// Every number is within its bound.
    case holds
    /// A number misses its bound.
    case doesNotHold
    /// Numbers miss their bounds, and all of these are known to.
    case knownException
    /// There was nothing to compare: what was run failed.
    case unchecked
  }

  /// The claim.
  package let claim: Claim
  /// What was found; nil where checking failed.
  package let finding: Finding?
  /// Why checking failed; nil where it did not.
  package let failure: String?
  /// Seconds that it took.
  package let seconds: Double

  /// The verdict of a claim that was checked.
  package init(_ claim: Claim, _ finding: Finding, seconds: Double) {
    self.claim = claim
    self.finding = finding
    failure = finding.figures.isEmpty ? "nothing was measured" : nil
    self.seconds = seconds
  }

  /// The verdict of a claim whose check failed.
  package init(_ claim: Claim, failure: String, seconds: Double) {
    self.claim = claim
    finding = nil
    self.failure = failure
    self.seconds = seconds
  }

  /// Checks a claim.
  ///
  /// - Throws: `CancellationError`; other errors become part of the verdict.
  package init(checking claim: Claim, in context: ClaimContext) throws {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) }
    do {
      let finding = try claim.check(context)
      try context.cancellation.check()
      self.init(claim, finding, seconds: seconds())
    } catch let error where !(error is CancellationError) {
      self.init(claim, failure: ExampleProgram.oneLine(error), seconds: seconds())
    }
  }

  /// What was measured.
  package var figures: [Figure] { finding?.figures ?? [] }

  /// Those that miss their bounds.
  package var misses: [Figure] { figures.filter { !$0.holds } }

  /// The figure that decides: the first that misses its bound without being known to, else the first that
  /// misses it, else the first of all.
  package var decisive: Figure? {
    misses.first { $0.exception == nil } ?? misses.first ?? figures.first
  }

  /// How the claim came out.
  package var outcome: Outcome {
    if failure != nil { return .unchecked }
    if misses.isEmpty { return .holds }
    return misses.allSatisfy { $0.exception != nil } ? .knownException : .doesNotHold
  }

  /// Whether the claim holds.
  package var holds: Bool { outcome == .holds }

  /// Whether something is wrong that is neither known nor a matter of time: a check that failed, or a computed or
  /// counted number that misses its bound.
  package var isAlarming: Bool {
    failure != nil || misses.contains { $0.exception == nil && $0.basis != .timed }
  }
}
