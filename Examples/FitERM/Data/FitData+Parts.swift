import ExampleSupport
import Foundation
import OptimKit

extension FitData {
  /// The samples of this rank, of those that all ranks have.
  func ownPart(_ reduction: any Reduction) throws -> Self {
    let range = Sharding.evenRange(of: targets.count, reduction)
    let rows = Array(range)
    let own: Features =
      switch features {
      case .dense(let matrix): .dense(matrix.selectingRows(rows.isEmpty ? [0] : rows))
      case .sparse(let matrix): .sparse(matrix.selectingRows(rows.isEmpty ? [0] : rows))
      }
    var part = Self(
      name: name, features: own, targets: rows.isEmpty ? [targets[0]] : Array(targets[range]),
      loss: loss, ridge: ridge, hasIntercept: hasIntercept, isStandardized: isStandardized)
    part.part = (range, targets.count)
    return part
  }

  /// The samples of this rank from files, of which each rank reads its part alone.
  static func shared(
    features path: String, _ options: Options, _ reduction: any Reduction
  ) throws -> Self {
    let (samples, features, own) = try sharedFeatures(path, reduction)
    var targets = own
    if let path = options.targets {
      targets = try sharedTargets(path, of: samples, reduction)
    }
    guard let targets else {
      throw Options.contradiction(
        "--features \(path) brings no targets", remedy: "give them with --targets")
    }
    var data = Self(
      name: path, features: features,
      // A rank without samples stands for one without weight, whose target is one of every loss.
      targets: samples.range.isEmpty ? [1] : targets, loss: options.loss ?? .squared,
      ridge: options.ridge ?? 0, hasIntercept: options.intercept,
      isStandardized: options.standardize)
    data.part = (samples.range, samples.wholeCount)
    return data
  }

  private static func sharedFeatures(
    _ path: String, _ reduction: any Reduction
  ) throws -> (ShardedFile, Features, [Scalar]?) {
    let url = URL(filePath: path)
    switch url.pathExtension.lowercased() {
    case "npy":
      let (samples, array) = try ShardedFile.numPy(url, reduction)
      let width = array.shape.count > 1 ? array.shape[1] : 1
      return (samples, .dense(try matrix(array.values(), width, path)), nil)
    case "csv":
      let (samples, table) = try ShardedFile.csv(url, reduction)
      let width = Int(try reduction.gather(Double(table?.columnCount ?? 0)).max() ?? 0)
      return (samples, .dense(try matrix(table?.values.map { Scalar($0) } ?? [], width, path)), nil)
    case "libsvm", "svmlight", "svm":
      let (samples, file, width) = try ShardedFile.libSVM(url, reduction)
      let features = try SparseMatrix<Scalar>(
        rowCount: file?.targets.count ?? 1, columnCount: width,
        rowOffsets: file?.features.rowOffsets ?? [0, 0],
        columnIndices: file?.features.columnIndices ?? [],
        values: file?.features.values.map { Scalar($0) } ?? [])
      return (samples, .sparse(features), file?.targets.map { Scalar($0) } ?? [])
    default:
      throw OptimKitError(
        .invalidArgument, cause: "--features is \(path), of a kind that is not known",
        remedy: "give a file whose name ends with .npy, .csv or .libsvm")
    }
  }

  /// A matrix of finite numbers; one row of zeros for a rank that has none.
  private static func matrix(
    _ values: [Scalar], _ width: Int, _ path: String
  ) throws -> Matrix<Scalar> {
    if let index = Scalar.firstNonFiniteIndex(in: values.span) {
      throw OptimKitError(
        .nonFiniteValue,
        cause: "--features \(path) holds \(values[index]) in column \(index % width)",
        remedy: "remove the sample or replace the value")
    }
    guard width > 0 else {
      throw OptimKitError(
        .dimensionMismatch, cause: "--features \(path) is empty", remedy: "give at least one value")
    }
    return values.isEmpty
      ? Matrix(rowCount: 1, columnCount: width)
      : try Matrix(rowCount: values.count / width, columnCount: width, storage: values)
  }

  /// The targets of samples that were read: from a NumPy array their rows alone, from a table, which cannot be entered in the
  /// middle, all of them.
  private static func sharedTargets(
    _ path: String, of samples: ShardedFile, _ reduction: any Reduction
  ) throws -> [Scalar] {
    try reduction.together {
      let url = URL(filePath: path)
      let (values, count): ([Scalar], Int)
      if url.pathExtension.lowercased() == "csv" {
        let table = try CSVTable(contentsOf: url)
        try require(columns: table.columnCount, path)
        count = table.rowCount
        values = table.values.map { Scalar($0) }
      } else {
        let (array, rows) = try NumPyArray.rows(of: url) {
          $0 == samples.wholeCount ? samples.range : 0..<0
        }
        try require(columns: array.shape.dropFirst().reduce(1, *), path)
        count = rows
        values = array.values()
      }
      guard count == samples.wholeCount else {
        throw OptimKitError(
          .dimensionMismatch, cause: "\(count) targets for \(samples.wholeCount) samples",
          remedy: "give one target a row of --features")
      }
      return values.count == count ? Array(values[samples.range]) : values
    }
  }

  private static func require(columns: Int, _ path: String) throws {
    guard columns == 1 else {
      throw OptimKitError(
        .dimensionMismatch, cause: "--targets \(path) has \(columns) columns",
        remedy: "give one target a sample")
    }
  }
}
