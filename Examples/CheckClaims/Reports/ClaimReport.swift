import ExampleSupport
import OptimKit

/// All verdicts of a check.
package struct ClaimReport {
  /// One a claim.
  package let verdicts: [Verdict]
  let isFull: Bool
  let seed: UInt64

  /// Creates a report.
  package init(_ verdicts: [Verdict], _ context: ClaimContext) {
    self.verdicts = verdicts
    isFull = context.isFull
    seed = context.seed
  }

  /// Verdicts that came out in one way.
  func verdicts(_ outcome: Verdict.Outcome) -> [Verdict] {
    verdicts.filter { $0.outcome == outcome }
  }

  /// Status of the program: that of `isStrict` is 1 where a verdict is alarming.
  package func exitStatus(isStrict: Bool) -> ExitStatus {
    if Interruption.token.isCancelled { return .interrupted }
    if !verdicts(.unchecked).isEmpty { return .notConverged }
    return isStrict && verdicts.contains(where: \.isAlarming) ? .notConverged : .success
  }
}
