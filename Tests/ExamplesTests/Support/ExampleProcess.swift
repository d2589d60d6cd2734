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

  /// Starts the executable without waiting for it; what it prints is lost.
  static func launch(_ name: String, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = Self.folder.appending(path: name)
    process.arguments = arguments
    process.currentDirectoryURL = FileManager.default.temporaryDirectory
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
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
