import ExampleSupport
import OptimKit

/// `bundle-adjust`: where cameras stood and what points they saw, from where the points are in their pictures.
@main
package enum BundleAdjust {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("bundle-adjust", run)
  }

  /// Does what `arguments` ask for.
  package static func run(_ arguments: [String]) throws -> ExitStatus {
    try ExampleProgram.run(computation: Options.syntax, arguments) { options in
      let scene = try options.file.map { try Scene(contentsOf: $0) } ?? Scene(synthetic: options)
      if !options.json { try StandardOutput.write(scene.header(options)) }
      let adjustment = try scene.adjust(options, Interruption.token)
      try StandardOutput.write(
        options.json ? scene.json(adjustment, options).text : scene.text(adjustment))
      return Interruption.token.isCancelled ? .interrupted : .success
    }
  }
}
