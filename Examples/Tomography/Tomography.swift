import ExampleSupport
import OptimKit

/// `tomography`: an image from the light that rays leave of themselves on their way through it.
@main
package enum Tomography {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("tomography", run)
  }

  /// Does what `arguments` ask for.
  package static func run(_ arguments: [String]) throws -> ExitStatus {
    try ExampleProgram.run(computation: Options.syntax, arguments) { options in
      let plot = try options.plot.map { try OutputFile(path: $0) }
      let scan = try Scan(options)
      if !options.json { try StandardOutput.write(scan.header(options)) }
      let reconstruction = try scan.reconstruct(options, Interruption.token)
      if let plot { try plot.write(scan.picture(of: reconstruction)) }
      try StandardOutput.write(
        options.json ? scan.json(reconstruction, options).text : scan.text(reconstruction))
      return Interruption.token.isCancelled ? .interrupted : .success
    }
  }
}
