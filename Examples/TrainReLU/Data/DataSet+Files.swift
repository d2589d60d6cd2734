import Foundation
import OptimKit

extension DataSet {
  /// Data from two NumPy files, taken as they are.
  static func given(features path: String, targets targetsPath: String, _ options: Options) throws
    -> Self
  {
    let features = try Matrix<Scalar>(option: "features", path: path, vectorIs: nil)
    let targets = try Matrix<Scalar>(option: "targets", path: targetsPath, vectorIs: .column)
    guard targets.rowCount == features.rowCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(targetsPath) has \(targets.rowCount) rows for \(features.rowCount) samples",
        remedy: "give one row of targets per row of --features")
    }
    try Options.require(
      "samples", options.samples, equals: features.rowCount,
      "\(path) has \(features.rowCount) rows")
    try Options.require(
      "dimension", options.dimension, equals: features.columnCount,
      "\(path) has \(features.columnCount) columns")
    try Options.require(
      "outputs", options.outputs, equals: targets.columnCount,
      "\(targetsPath) has \(targets.columnCount) a sample")
    return Self(
      name: path, task: .regression, training: Part(features: features, targets: targets),
      remark: "rows as given; the theory assumes unit length")
  }
}

/// How a file with one dimension is understood.
enum VectorShape {
  /// One row a value.
  case column
  /// All values in one row.
  case row
}

extension Matrix {
  /// A matrix of finite numbers from the file of an option; `vectorIs` tells what one dimension means.
  init(option: String, path: String, vectorIs shape: VectorShape?) throws {
    let array = try NumPyArray(contentsOf: URL(filePath: path))
    let (rows, columns) =
      switch (array.shape.count, shape) {
      case (2, _): (array.shape[0], array.shape[1])
      case (1, .column): (array.shape[0], 1)
      case (1, .row): (1, array.shape[0])
      default:
        throw OptimKitError(
          .dimensionMismatch, cause: "--\(option) \(path) has the shape \(array.shape)",
          remedy: "give a matrix" + (shape == nil ? "" : " or a vector"))
      }
    guard rows > 0, columns > 0 else {
      throw OptimKitError(
        .dimensionMismatch, cause: "--\(option) \(path) is empty, of shape \(array.shape)",
        remedy: "give at least one value")
    }
    let values = array.values(as: Scalar.self)
    if let index = Scalar.firstNonFiniteIndex(in: values.span) {
      throw OptimKitError(
        .nonFiniteValue,
        cause: "--\(option) \(path) holds \(values[index]) in row \(index / columns), column "
          + "\(index % columns) (as \(Scalar.typeName))",
        remedy: "remove the sample or replace the value")
    }
    try self.init(rowCount: rows, columnCount: columns, storage: values)
  }
}
