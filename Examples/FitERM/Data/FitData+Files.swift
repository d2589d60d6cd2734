import ExampleSupport
import Foundation
import OptimKit

extension FitData {
  /// Data from files: features from .npy, .csv, or LIBSVM text; targets from .npy or .csv.
  init(features path: String, _ options: Options) throws {
    let kind = URL(filePath: path).pathExtension.lowercased()
    let features: Features
    var targets: [Scalar]?
    switch kind {
    case "npy":
      features = .dense(try Matrix(option: "features", path: path, vectorIs: .column))
    case "csv":
      features = .dense(try Self.csv(path))
    case "libsvm", "svmlight", "svm":
      let file = try LIBSVMFile(contentsOf: URL(filePath: path))
      features = .sparse(
        try SparseMatrix(
          rowCount: file.features.rowCount, columnCount: file.features.columnCount,
          rowOffsets: file.features.rowOffsets, columnIndices: file.features.columnIndices,
          values: file.features.values.map { Scalar($0) }))
      targets = file.targets.map { Scalar($0) }
    default:
      throw OptimKitError(
        .invalidArgument, cause: "--features is \(path), of a kind that is not known",
        remedy: "give a file whose name ends with .npy, .csv or .libsvm")
    }
    if let path = options.targets { targets = try Self.targets(path) }
    guard let targets else {
      throw Options.contradiction(
        "--features \(path) brings no targets", remedy: "give them with --targets")
    }
    guard targets.count == features.shape.samples else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(targets.count) targets for \(features.shape.samples) samples",
        remedy: "give one target a row of --features")
    }
    self.init(
      name: path, features: features, targets: targets, loss: options.loss ?? .squared,
      ridge: options.ridge ?? 0, hasIntercept: options.intercept,
      isStandardized: options.standardize)
  }

  private static func csv(_ path: String) throws -> Matrix<Scalar> {
    let table = try CSVTable(contentsOf: URL(filePath: path))
    return try Matrix(
      rowCount: table.rowCount, columnCount: table.columnCount,
      storage: table.values.map { Scalar($0) })
  }

  private static func targets(_ path: String) throws -> [Scalar] {
    let isTable = URL(filePath: path).pathExtension.lowercased() == "csv"
    let matrix: Matrix<Scalar> =
      try isTable ? csv(path) : Matrix(option: "targets", path: path, vectorIs: .column)
    guard matrix.columnCount == 1 else {
      throw OptimKitError(
        .dimensionMismatch, cause: "--targets \(path) has \(matrix.columnCount) columns",
        remedy: "give one target a sample")
    }
    return matrix.storage
  }
}
