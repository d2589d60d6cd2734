import OptimKitPlugins

/// One claim, and how it is checked.
package struct Claim: Sendable {
  /// The name on command lines and in reports, such as "C1".
  package let id: String
  /// A few words.
  package let title: String
  /// What is claimed, as a sentence.
  package let statement: String
  /// Whose claim it is: a theorem or algorithm of the paper, or another source.
  package let source: String
  /// Measures it.
  package let check: @Sendable (ClaimContext) throws -> Finding

  /// Creates a claim.
  package init(
    id: String, title: String, statement: String, source: String,
    check: @escaping @Sendable (ClaimContext) throws -> Finding
  ) {
    self.id = id
    self.title = title
    self.statement = statement
    self.source = source
    self.check = check
  }
}

/// What checking a claim found.
package struct Finding: Sendable {
  /// What was run: methods, sizes, seeds.
  package let ran: String
  /// Numbers beside their bounds; the claim holds where all of them do.
  package let figures: [Figure]
  /// What else was seen, in sentences.
  package let remarks: [String]
  /// Pictures of it.
  package let plots: [Plot]

  /// Creates a finding.
  package init(
    ran: String, figures: [Figure], remarks: [String] = [], plots: [Plot] = []
  ) {
    self.ran = ran
    self.figures = figures
    self.remarks = remarks
    self.plots = plots
  }
}
