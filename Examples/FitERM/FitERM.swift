import ExampleSupport
import OptimKit
import OptimKitModels
import OptimKitPlugins

/// `fit-erm`: fits linear models by convex empirical risk minimisation.
@main
package enum FitERM {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("fit-erm", run)
  }

  /// Does what `arguments` ask for.
  package static func run(_ arguments: [String]) throws -> ExitStatus {
    try ExampleProgram.run(computation: Options.syntax, arguments) {
      try run($0, scalar: $0.scalar.type)
    }
  }

  private static func run<Scalar: RealScalar>(
    _ options: Options, scalar: Scalar.Type
  ) throws -> ExitStatus {
    let file = try options.save.map { try OutputFile(path: $0) }
    let sets: [FitData<Scalar>] =
      try options.features.map { [try FitData(features: $0, options)] }
      ?? options.sources.map { try FitData($0, options) }
    let predictions = try options.predictions.map { try OutputFile(path: $0) }
    let points = try options.predict.map {
      try sets[0].pointsToPredict($0)
    }
    let solvers = options.compare ? SolverChoice.allCases : [options.chosenSolver]
    let fits = sets.flatMap { data in solvers.map { (data, $0) } }
    let results = try Interruption.upToInterruption(fits) { data, solver in
      let fit = try data.fit(with: solver, options)
      if let file, Ranks.isSpeaking, let coefficients = fit.coefficients {
        try coefficients.save(to: file, withIntercepts: data.hasIntercept)
      }
      if let predictions, let points, Ranks.isSpeaking, let coefficients = fit.coefficients {
        try coefficients.savePredictions(of: points, data.loss.makeLoss(), to: predictions)
      }
      if !options.json, !options.compare { try StandardOutput.write(fit.result.text) }
      return fit.result
    }
    let report = FitTable(results: results, options: options)
    try StandardOutput.write(options.json ? report.json.text : report.text)
    if Interruption.token.isCancelled { return .interrupted }
    return report.isConverged ? .success : .notConverged
  }
}
