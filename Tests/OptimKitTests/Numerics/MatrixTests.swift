import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite struct MatrixTests {
  let matrix: Matrix<Double>

  init() throws {
    matrix = try Matrix(rowCount: 2, columnCount: 3, storage: [1, 2, 3, 4, 5, 6])
  }

  @Test func elementsAreStoredRowAfterRow() {
    #expect(matrix[0, 2] == 3)
    #expect(matrix[1, 0] == 4)
    #expect(Array(matrix.row(1)) == [4, 5, 6])
  }

  @Test func settingChangesOneElement() {
    var changed = matrix
    changed[1, 0] = -1
    #expect(changed.storage == [1, 2, 3, -1, 5, 6])
    changed.withMutableElements { $0[5] = 7 }
    #expect(changed[1, 2] == 7)
  }

  @Test func transposingSwapsIndices() {
    let transposed = matrix.transposed()
    #expect((transposed.rowCount, transposed.columnCount) == (3, 2))
    #expect(transposed.storage == [1, 4, 2, 5, 3, 6])
    #expect(transposed.transposed() == matrix)
  }

  @Test func rowsAreSelectedInTheOrderGiven() {
    let selected = matrix.selectingRows([1, 0, 1])
    #expect(selected.rowCount == 3)
    #expect(selected.storage == [4, 5, 6, 1, 2, 3, 4, 5, 6])
    #expect(matrix.selectingRows([]).storage == [])
  }

  @Test func identityHasOnesOnTheDiagonal() {
    #expect(Matrix<Float>.identity(2).storage == [1, 0, 0, 1])
  }

  @Test func emptyMatricesKeepTheirShape() {
    let empty = Matrix<Double>(rowCount: 0, columnCount: 4)
    #expect(empty.transposed().rowCount == 4)
    #expect(empty.transposed().columnCount == 0)
  }

  @Test(arguments: [(2, 3), (-2, -2), (0, 1), (4, 0)])
  func storageHasToFillTheShape(rows: Int, columns: Int) {
    #expect(
      errorKind {
        try Matrix(rowCount: rows, columnCount: columns, storage: [Double](repeating: 0, count: 4))
      } == .dimensionMismatch)
  }

  @Test func decodingRefusesStorageThatDoesNotFillTheShape() {
    for text in [
      #"{"rowCount": 2, "columnCount": 2, "storage": [1, 2, 3]}"#,
      #"{"rowCount": 4611686018427387904, "columnCount": 4, "storage": []}"#,
    ] {
      #expect(
        errorKind { try JSONDecoder().decode(Matrix<Double>.self, from: Data(text.utf8)) }
          == .dimensionMismatch)
    }
  }

  @Test func encodingKeepsEverything() throws {
    let data = try JSONEncoder().encode(matrix)
    #expect(try JSONDecoder().decode(Matrix<Double>.self, from: data) == matrix)
  }
}
