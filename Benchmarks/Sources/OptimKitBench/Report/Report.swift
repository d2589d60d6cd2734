import Foundation
import OptimKit

/// The measurements of a run, and where they go.
struct Report {
  private let options: Options
  private let sections: [Section]
  private let loadBefore: String?

  /// Measures every case.
  init(_ options: Options) throws {
    self.options = options
    loadBefore = ProcessorLoad.average
    sections = try options.cases.map { letter in
      Progress.tell("\(letter.rawValue)  \(letter.title)")
      return try letter.measure(options)
    }
  }

  /// Whether all contestants that ran gave right results.
  var isSound: Bool { sections.allSatisfy(\.isSound) }

  /// Writes the report and its pictures.
  func write() throws {
    let file = URL(filePath: options.output)
    let folder = file.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    for figure in sections.compactMap(\.figure) {
      try Data(figure.svg.utf8).write(to: folder.appending(path: figure.name))
    }
    Progress.tell("written: \(options.output)")
  }

  private var text: String {
    ([heading] + sections.map(\.text)).joined(separator: "\n\n") + "\n"
  }

  private var heading: String {
    let libraries = Set(sections.flatMap(\.libraries)).sorted().joined(separator: "<br>")
    let date = Date().formatted(.iso8601.year().month().day())
    return """
      # Performance

      Measured by `\(command)` on \(date)\(options.allowLoad ? ", **while other programs may have run**" : ""): \
      OptimKit and its peers on the same arrays in the same run, taking turns, medians of \
      \(options.runCount) \(options.runCount == 1 ? "run" : "runs") after one to warm up; a first run longer than \(Int(Race.longRun)) s is the only \
      one. Ratios are seconds divided by those of OptimKit's fastest row in double precision. Each contestant is a process of its \
      own; its peak resident size, in units of 10⁶ bytes, covers interpreter, inputs and work. All of them keep the \
      memory that they free, in large pages (`GLIBC_TUNABLES=\(PeerProcess.keptMemory)`).

      | | |
      |---|---|
      | processor | \(Machine.processor), \(options.threads) threads each |
      | system | \(Machine.system) |
      | libraries and their BLAS | \(libraries) |
      | load average before and after | \(loadBefore ?? "unknown"); \(ProcessorLoad.average ?? "unknown") |
      """
  }

  /// The command that repeats this run.
  private var command: String {
    var words = options.quick ? ["make bench-quick"] : ["make bench"]
    var arguments: [String] = []
    if options.cases != CaseLetter.allCases {
      arguments.append("--cases " + options.cases.map(\.rawValue).joined(separator: ","))
    }
    if let repeats = options.repeats { arguments.append("--repeats \(repeats)") }
    if options.threads != Machine.processorCount {
      arguments.append("--threads \(options.threads)")
    }
    if !arguments.isEmpty { words.append("ARGS=\"\(arguments.joined(separator: " "))\"") }
    return words.joined(separator: " ")
  }
}
