import Foundation

/// One run of a built example.
struct ExampleProcess {
  let status: Int32
  let output: String
  let errors: String

  /// Runs the executable `name` that was built beside the tests, in another folder than its own.
  init(_ name: String, _ arguments: [String]) throws {
    let folder = TemporaryName()
    let (output, errors) = (folder.appending("out"), folder.appending("err"))
    for file in [output, errors] {
      _ = FileManager.default.createFile(atPath: file, contents: nil)
    }
    defer { [output, errors].forEach { try? FileManager.default.removeItem(atPath: $0) } }
    let process = Process()
    process.executableURL = Self.folder.appending(path: name)
    process.arguments = arguments
    process.currentDirectoryURL = FileManager.default.temporaryDirectory
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    self.output = try String(contentsOfFile: output, encoding: .utf8)
    self.errors = try String(contentsOfFile: errors, encoding: .utf8)
  }

  /// Runs the executable `name`, and sends it SIGINT once `isDue` holds for what it has printed so far: nothing here
  /// waits for a time.
  init(
    _ name: String, _ arguments: [String], interruptedOnce isDue: (String) -> Bool
  ) throws {
    let process = Process()
    process.executableURL = Self.folder.appending(path: name)
    process.arguments = arguments
    process.currentDirectoryURL = FileManager.default.temporaryDirectory
    let (outputPipe, errorPipe) = (Pipe(), Pipe())
    process.standardOutput = outputPipe
    process.standardError = errorPipe
    try process.run()
    var data = Data()
    var isInterrupted = false
    while case let chunk = outputPipe.fileHandleForReading.availableData, !chunk.isEmpty {
      data += chunk
      if !isInterrupted, isDue(String(decoding: data, as: UTF8.self)) {
        isInterrupted = true
        process.interrupt()
      }
    }
    errors = String(decoding: errorPipe.fileHandleForReading.availableData, as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    output = String(decoding: data, as: UTF8.self)
  }

  /// Lines on standard error.
  var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: true) }

  /// The one object on standard output.
  func json() throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
    return object as? [String: Any] ?? [:]
  }

  private static let folder: URL = {
    let tests = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    return tests.resolvingSymlinksInPath().deletingLastPathComponent()
  }()

  private struct TemporaryName {
    let base = FileManager.default.temporaryDirectory
      .appending(path: "example-\(UUID().uuidString)").path

    func appending(_ suffix: String) -> String { "\(base).\(suffix)" }
  }
}
