import ExampleSupport
import OptimKit

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  package var quick = false
  package var full = false
  package var claims: [String]?
  package var seed = 0
  package var threads: Int?

  package var list = false
  package var json = false
  package var report: String?
  package var strict = false

  /// The options of a command without any.
  package init() {}

  /// The claims to check, in the order of `Claim.all`.
  package var selection: [Claim] {
    guard let claims else { return Claim.all }
    return Claim.all.filter { claims.contains($0.id) }
  }

  /// Whether the report is to be in Markdown.
  var isReportMarkdown: Bool { report?.lowercased().hasSuffix(".md") ?? false }

  /// Refuses options that contradict each other.
  package func validate() throws {
    if quick, full {
      throw OptimKitError(
        .invalidArgument, cause: "--quick and --full ask for different sizes",
        remedy: "leave one of them out")
    }
    if list, json || report != nil || strict {
      throw OptimKitError(
        .invalidArgument, cause: "--list checks nothing, so there is nothing to report",
        remedy: "leave --list or --json, --report and --strict out")
    }
  }
}

extension ValueFormat where Value == [String] {
  /// Names of claims, separated by commas, each at most once.
  fileprivate static var claims: Self {
    let names = Claim.all.map(\.id)
    return Self(
      placeholder: "ID,…", requirement: "names out of \(names.joined(separator: ", "))",
      parse: { text in
        let parts = text.uppercased().split(separator: ",", omittingEmptySubsequences: false)
          .map(String.init)
        return parts.allSatisfy(names.contains) && Set(parts).count == parts.count ? parts : nil
      },
      describe: { $0.joined(separator: ",") })
  }
}

extension Options {
  /// The command line of `check-claims`.
  package static let syntax = CommandLineSyntax(
    command: "check-claims",
    summary: """
      Does it do what the paper says? Measures, for each claim of arXiv 2006.11648 (training wide two-layer ReLU \
      networks by sketched Gauss-Newton steps) and of the papers beside it, a number that the claim bounds, and tells \
      whether the claim holds.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Claims",
        [
          .option("claim", \.claims, .claims, "the claims to check", absent: "all"),
          .flag("list", \.list, "list the claims, and check none"),
          .flag("quick", \.quick, "small sizes and few seeds: a minute or two (the default)"),
          .flag("full", \.full, "larger sizes and more seeds: up to half an hour"),
          .option("seed", \.seed, .integer(in: 0...), "the first of the seeds of all randomness"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use",
            absent: "one a processor"),
        ]),
      .init(
        "Output",
        [
          .flag("json", \.json, "print one JSON object and nothing else"),
          .option(
            "report", \.report, .path("FILE.html"),
            "write a report with plots for a browser; without plots in Markdown where the name ends in .md"
          ),
          .flag(
            "strict", \.strict,
            "exit with status 1 where a claim does not hold that is neither about time nor known not to hold"
          ),
        ]),
    ],
    footer: """
      A claim that does not hold is a result, not an error. Exit status: 0 all claims were checked, however they came
      out; 1 a check could not be made, or --strict found what it looks for; 2 bad input; 130 interrupted. Claims about
      time are measured by medians; on a busy machine look at them twice. The other numbers are the same for the same
      seed, processor and number of threads.
      """)
}
