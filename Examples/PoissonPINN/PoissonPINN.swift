import ExampleSupport
import OptimKit

/// `poisson-pinn`: solves Poisson's equation with a physics-informed network.
@main
package enum PoissonPINN {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("poisson-pinn", run)
  }

  /// Does what `arguments` ask for.
  package static func run(_ arguments: [String]) throws -> ExitStatus {
    try ExampleProgram.run(computation: Options.syntax, arguments) { options in
      let plot = try options.plot.map { try OutputFile(path: $0) }
      let problem = try PoissonProblem(options)
      if !options.json { try StandardOutput.write(problem.header) }
      let results = try Interruption.upToInterruption(options.optimizer.optimizers) {
        let result = try problem.train(with: $0, options)
        if !options.json { try StandardOutput.write(result.brief) }
        return result
      }
      if let plot, let best = results.min(by: { $0.relativeError < $1.relativeError }) {
        try problem.writePicture(of: best, to: plot)
      }
      try StandardOutput.write(
        options.json ? problem.json(results).text : problem.table(results))
      return Interruption.token.isCancelled ? .interrupted : .success
    }
  }
}
