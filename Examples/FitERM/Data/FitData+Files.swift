import ExampleSupport
import Foundation
import OptimKit

extension FitData {
  /// Data from files: features from .npy, .csv, or LIBSVM text; targets from .npy or .csv.
  init(features path: String, _ options: Options) throws {
    if let reduction = Ranks.reduction {
      self = try .shared(features: path, options, reduction)
      return
    }
    var (features, targets) = try Self.features(path)
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

  /// Features from a file, and targets where it brings its own.
  ///
  /// - Parameters:
  ///   - option: What the path was given with.
  ///   - columnCount: How many columns sparse rows have at least: LIBSVM text tells of those only that are stored.
  static func features(
    _ path: String, option: String = "features", columnCount: Int = 0
  ) throws -> (features: Features, targets: [Scalar]?) {
    switch URL(filePath: path).pathExtension.lowercased() {
    case "npy":
      return (.dense(try Matrix(option: option, path: path, vectorIs: .column)), nil)
    case "csv":
      return (.dense(try csv(path)), nil)
    case "libsvm", "svmlight", "svm":
      let file = try LIBSVMFile(contentsOf: URL(filePath: path))
      return (
        .sparse(
          try SparseMatrix(
            rowCount: file.features.rowCount,
            columnCount: max(columnCount, file.features.columnCount),
            rowOffsets: file.features.rowOffsets, columnIndices: file.features.columnIndices,
            values: file.features.values.map { Scalar($0) })),
        file.targets.map { Scalar($0) }
      )
    default:
      throw OptimKitError(
        .invalidArgument, cause: "--\(option) is \(path), of a kind that is not known",
        remedy: "give a file whose name ends with .npy, .csv or .libsvm")
    }
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

extension FitData {
  /// Features of a file to predict targets of, as many as those of the data.
  func pointsToPredict(_ path: String) throws -> Features {
    let width = features.shape.features
    let points = try Self.features(path, option: "predict", columnCount: width).features
    guard points.shape.features == width else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "--predict \(path) has \(points.shape.features) columns for \(width) features",
        remedy: "give the features of the fit, in the same order")
    }
    return points
  }
}
