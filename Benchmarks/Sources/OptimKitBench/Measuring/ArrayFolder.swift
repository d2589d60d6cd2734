import Foundation
import OptimKit

/// A temporary folder with the arrays of one race; it goes with the value.
final class ArrayFolder {
  private let url: URL
  /// The files, by the names of their arrays.
  private(set) var paths: [String: String] = [:]

  /// Makes the folder.
  init() throws {
    url = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-bench-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a vector.
  func add(_ name: String, _ vector: [Double]) throws {
    try add(name, NumPyArray(shape: [vector.count], values: vector))
  }

  /// Writes a matrix.
  func add(_ name: String, _ matrix: Matrix<Double>) throws {
    try add(
      name,
      NumPyArray(shape: [matrix.rowCount, matrix.columnCount], values: matrix.storage))
  }

  private func add(_ name: String, _ array: NumPyArray) throws {
    let file = url.appending(path: "\(name).npy")
    try array.write(to: file)
    paths[name] = file.path
  }
}
