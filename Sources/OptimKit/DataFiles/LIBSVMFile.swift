import Foundation

/// Sparse features and their targets from a text in the format of LIBSVM and SVMlight.
///
/// Each line is a sample: its target, then pairs `index:value`, separated by spaces or tabs. Indices count columns
/// from 1 and ascend strictly; elements that are left out are zero. What follows a `#` is a comment, and lines without
/// anything else are passed over. Pairs `qid:…` are refused.
///
///     let file = try LIBSVMFile(contentsOf: URL(filePath: "a9a.libsvm"))
///     let model = try LinearModel(features: file.features)
///
/// Source of the format: C.-C. Chang and C.-J. Lin, LIBSVM, README of the distribution.
public struct LIBSVMFile: Hashable, Sendable {
  /// One row a sample.
  public let features: SparseMatrix<Double>
  /// One a sample.
  public let targets: [Double]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - featureCount: The number of columns; the largest index by default.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` if the file is absent, or as
  ///   ``init(parsing:name:featureCount:)`` does.
  /// - Complexity: O(n) for n bytes.
  public init(contentsOf url: URL, featureCount: Int? = nil) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw OptimKitError(
        .unreadableFile,
        cause: "the file \(url.path) cannot be read (\(error.localizedDescription))",
        remedy: "check the path and the permissions")
    }
    try self.init(parsing: data, name: url.path, featureCount: featureCount)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - data: The whole content of the file, in UTF-8.
  ///   - name: The name of the file, for error messages.
  ///   - featureCount: The number of columns; the largest index by default.
  /// - Throws: ``OptimKitError`` that names the file, the line and the column of the text, both counted from 1: of
  ///   kind `nonFiniteValue` for NaN and infinities, `unreadableFile` for all else that is not in the format, and for
  ///   a file without samples or without features.
  /// - Complexity: O(n) for n bytes.
  public init(parsing data: Data, name: String, featureCount: Int? = nil) throws {
    var parser = LIBSVMParser(bytes: [UInt8](data), name: name, featureCount: featureCount)
    try parser.parse()
    targets = parser.targets
    features = try SparseMatrix(
      rowCount: parser.targets.count, columnCount: featureCount ?? Int(parser.largestColumn) + 1,
      rowOffsets: parser.rowOffsets, columnIndices: parser.columns, values: parser.values)
  }
}
