import ExampleSupport
import OptimKit

/// `fit-curve`: fits curves by nonlinear least squares.
@main
package enum FitCurve {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("fit-curve", run)
  }

  /// Does what `arguments` ask for.
  package static func run(_ arguments: [String]) throws -> ExitStatus {
    try ExampleProgram.run(computation: Options.syntax, arguments) { options in
      let plot = try options.plot.map { try OutputFile(path: $0) }
      if options.mgh { return try runStandardProblems(options) }
      let results = try FitProblem.all(options).map { try $0.fit(options) }
      if let plot, let best = results.min(by: { $0.residualSumOfSquares < $1.residualSumOfSquares })
      {
        try best.writePlot(to: plot)
      }
      let report = FitReport(results: results, options: options)
      try StandardOutput.write(options.json ? report.json.text : report.text)
      return results.allSatisfy(\.isConverged) ? .success : .notConverged
    }
  }

  private static func runStandardProblems(_ options: Options) throws -> ExitStatus {
    let results = try StandardRun.all.map { try $0.solve(options) }
    let report = StandardReport(results: results, options: options)
    try StandardOutput.write(options.json ? report.json.text : report.text)
    return results.allSatisfy { $0.outcome != .elsewhere } ? .success : .notConverged
  }
}
