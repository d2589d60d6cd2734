import Foundation
import OptimKit

/// How a file with one dimension is understood.
package enum VectorShape {
  /// One row a value.
  case column
  /// All values in one row.
  case row
}

extension Matrix {
  /// A matrix of finite numbers from the file of an option; `vectorIs` tells what one dimension means.
  package init(option: String, path: String, vectorIs shape: VectorShape?) throws {
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
