import Foundation

/// `optimkit-bench`: measures OptimKit beside its peers and writes the report.
@main
enum OptimKitBench {
  static func main() {
    // A peer that ended is told by the missing answer.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == [Worker.argument] { return Worker.serve() }
    do {
      let options = try Options(arguments)
      if options.help { return print(Options.help) }
      let report = try Report(options)
      try report.write()
      if !report.isSound { exit(1) }
    } catch {
      FileHandle.standardError.write(Data("optimkit-bench: \(error)\n".utf8))
      exit(2)
    }
  }
}
