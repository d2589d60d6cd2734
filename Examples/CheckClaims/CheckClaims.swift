import ExampleSupport
import OptimKit

/// `check-claims`: does it do what the paper says?
@main
package enum CheckClaims {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("check-claims", run)
  }

  /// Does what `arguments` ask for.
  package static func run(_ arguments: [String]) throws -> ExitStatus {
    try ExampleProgram.run(computation: Options.syntax, arguments) { options in
      if options.list {
        try StandardOutput.write(Claim.list)
        return .success
      }
      let file = try options.report.map { try OutputFile(path: $0) }
      let context = ClaimContext(
        isFull: options.full, seed: UInt64(options.seed), cancellation: Interruption.token)
      if !options.json { try StandardOutput.write(ClaimReport.header(of: context)) }
      let verdicts = try Interruption.upToInterruption(options.selection) { claim in
        let verdict = try Verdict(checking: claim, in: context)
        if !options.json { try StandardOutput.write(verdict.text) }
        return verdict
      }
      let report = ClaimReport(verdicts, context)
      try StandardOutput.write(options.json ? report.json.text : report.summary)
      try file?.write(options.isReportMarkdown ? report.markdown : report.html)
      return report.exitStatus(isStrict: options.strict)
    }
  }
}
