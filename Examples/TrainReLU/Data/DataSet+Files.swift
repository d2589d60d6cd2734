import ExampleSupport
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
