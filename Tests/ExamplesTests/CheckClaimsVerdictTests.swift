import CheckClaims
import ExampleSupport
import Foundation
import OptimKit
import Testing

/// How verdicts follow from numbers.
@Suite("Verdicts of check-claims")
struct CheckClaimsVerdictTests {
  private func verdict(_ figures: [Figure]) throws -> Verdict {
    let claim = Claim(
      id: "T1", title: "a test", statement: "Two is at most one.", source: "nobody"
    ) { _ in Finding(ran: "nothing", figures: figures) }
    return try Verdict(checking: claim, in: ClaimContext())
  }

  private func report(_ verdict: Verdict) -> ClaimReport {
    ClaimReport([verdict], ClaimContext())
  }

  @Test("bounds allow what is within them, ends included, and never NaN")
  func bounds() {
    #expect(Bound.atMost(1).allows(1) && !Bound.atMost(1).allows(1.0000001))
    #expect(Bound.atLeast(1).allows(1) && !Bound.atLeast(1).allows(0.9999999))
    #expect(Bound.within(0.9...1.1).allows(1.1) && !Bound.within(0.9...1.1).allows(0.89))
    for bound in [Bound.atMost(.infinity), .atLeast(-.infinity), .within(-1...1)] {
      #expect(!bound.allows(.nan), "\(bound)")
    }
    #expect(!Bound.atMost(5000).allows(.infinity))
  }

  @Test("a number beyond its bound is printed as failing, in every report")
  func failing() throws {
    let verdict = try verdict([
      Figure("one", 1, .atMost(1)), Figure("two", 2, .atMost(1)),
    ])
    #expect(verdict.outcome == .doesNotHold && verdict.isAlarming)
    #expect(verdict.decisive?.quantity == "two")
    #expect(verdict.text.contains("does NOT hold"))
    #expect(verdict.text.contains("✗  two: 2, bound ≤ 1") && verdict.text.contains("✓  one: 1"))
    #expect(verdict.text.contains("Two is at most one.") && verdict.text.contains("nothing"))
    let report = report(verdict)
    #expect(report.summary.contains("0 of 1 claims hold") && report.summary.contains("T1"))
    #expect(report.html.contains("does NOT hold"))
    #expect(report.exitStatus(isStrict: false) == .success)
    #expect(report.exitStatus(isStrict: true) == .notConverged)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.text.utf8)) as? [String: Any])
    let claim = try #require((json["claims"] as? [[String: Any]])?.first)
    #expect(claim["holds"] as? Bool == false && claim["measured"] as? Double == 2)
    #expect(claim["bound"] as? String == "≤ 1" && claim["outcome"] as? String == "doesNotHold")
  }

  @Test("one that holds is printed as such")
  func holding() throws {
    let verdict = try verdict([Figure("one", 1, .atMost(1))])
    #expect(verdict.holds && !verdict.isAlarming)
    #expect(verdict.text.contains("holds") && !verdict.text.contains("✗"))
    #expect(report(verdict).exitStatus(isStrict: true) == .success)
  }

  @Test("time alone does not fail a strict check, but is told")
  func timed() throws {
    let verdict = try verdict([Figure("slope", 2, .atMost(1.1), basis: .timed)])
    #expect(verdict.outcome == .doesNotHold && !verdict.isAlarming)
    #expect(report(verdict).summary.contains("T1 (about time)"))
    #expect(report(verdict).exitStatus(isStrict: true) == .success)
  }

  @Test("a known exception fails the claim, not the check; another miss beside it does")
  func exceptions() throws {
    let known = Figure("rows", .infinity, .atMost(10), exception: "the step is too long")
    let verdict = try verdict([known])
    #expect(verdict.outcome == .knownException && !verdict.holds && !verdict.isAlarming)
    #expect(verdict.text.contains("known  the step is too long"))
    let other = try self.verdict([known, Figure("two", 2, .atMost(1))])
    #expect(other.outcome == .doesNotHold && other.isAlarming)
    #expect(other.decisive?.quantity == "two")
  }

  @Test("a check that throws is told, and fails the program whether strict or not")
  func unchecked() throws {
    let claim = Claim(id: "T2", title: "", statement: "", source: "") { _ in
      throw OptimKitError(.invalidArgument, cause: "no data", remedy: "bring some")
    }
    let verdict = try Verdict(checking: claim, in: ClaimContext())
    #expect(verdict.outcome == .unchecked && verdict.text.contains("no data"))
    #expect(report(verdict).exitStatus(isStrict: false) == .notConverged)
    #expect(try self.verdict([]).outcome == .unchecked)
    let cancelled = Claim(id: "T3", title: "", statement: "", source: "") { _ in
      throw CancellationError()
    }
    #expect(throws: CancellationError.self) {
      try Verdict(checking: cancelled, in: ClaimContext())
    }
  }

  @Test("docs/claims.md tells every claim in the program's words")
  func documentation() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/claims.md").standardized
    let text = try String(contentsOf: file, encoding: .utf8)
    for claim in Claim.all {
      #expect(text.contains("### \(claim.id): \(claim.title)\n"), "\(claim.id)")
      #expect(text.contains("\(claim.statement) (\(claim.source))"), "\(claim.id)")
    }
  }

  @Test("claims have names of their own")
  func names() {
    let names = Claim.all.map(\.id)
    #expect(Set(names).count == names.count)
    for number in 1...13 { #expect(names.contains("C\(number)")) }
  }
}
