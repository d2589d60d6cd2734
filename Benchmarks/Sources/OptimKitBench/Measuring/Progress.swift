import Foundation

/// What is going on, on standard output, at once even where that is a file.
enum Progress {
  static func tell(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }
}
