import ExampleSupport
import OptimKit
import OptimKitPlugins

/// `train-relu`: trains the two-layer ReLU network with sketched Gauss-Newton steps.
@main
package enum TrainReLU {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("train-relu", run)
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
    let weightsFile = try options.save.map { try OutputFile(path: $0) }
    let problem = try TrainingProblem<Scalar>(options)
    if !options.json { try StandardOutput.write(problem.facts.header) }
    if options.compare {
      let comparison = try Comparison(of: problem)
      try StandardOutput.write(options.json ? comparison.json.text : comparison.text)
      if Interruption.token.isCancelled { return .interrupted }
      return comparison.isConverged ? .success : .notConverged
    }
    let control = try RunControl(options)
    if !options.json { for notice in control.notices { try StandardOutput.write(notice) } }
    let (result, weights) = try problem.attempt(
      options.chosenSolver, options.chosenSketch, control)
    if let weightsFile, let weights { try problem.save(weights, to: weightsFile) }
    try StandardOutput.write(
      options.json ? result.json(problem.facts).text : result.text(problem.facts))
    if result.isCancelled { return .interrupted }
    return result.isConverged ? .success : .notConverged
  }
}
