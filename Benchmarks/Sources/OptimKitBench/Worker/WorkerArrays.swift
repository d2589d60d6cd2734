import Foundation
import OptimKit

/// The files of a request.
struct WorkerArrays {
  let paths: [String: String]

  /// A vector, in the precision asked for.
  func vector<Scalar: RealScalar>(_ name: String) throws -> [Scalar] { try read(name).values() }

  /// A matrix, in the precision asked for.
  func matrix<Scalar: RealScalar>(_ name: String) throws -> Matrix<Scalar> {
    let array = try read(name)
    let shape = array.shape.count == 1 ? [1, array.shape[0]] : array.shape
    return try Matrix(rowCount: shape[0], columnCount: shape[1], storage: array.values())
  }

  /// The sparse matrix whose parts are arrays; offsets and columns are exact in double precision.
  func sparseMatrix() throws -> SparseMatrix<Double> {
    let offsets: [Double] = try vector("offsets")
    let columns: [Double] = try vector("columns")
    let columnCount: [Double] = try vector("columnCount")
    return try SparseMatrix(
      rowCount: offsets.count - 1, columnCount: Int(columnCount[0]),
      rowOffsets: offsets.map { Int($0) }, columnIndices: columns.map { Int32($0) },
      values: vector("values"))
  }

  /// Mapped, so that the file is not in memory beside its values.
  private func read(_ name: String) throws -> NumPyArray {
    let path = paths[name] ?? ""
    return try NumPyArray(
      parsing: Data(contentsOf: URL(filePath: path), options: .mappedIfSafe), name: name)
  }
}
