import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite struct SparseMatrixTests {
  @Test(arguments: SparseCase.all)
  func densePartsAndProductsAgree(example: SparseCase) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let dense: Matrix<Scalar> = example.matrix()
      let sparse = try SparseMatrix(dense)
      #expect(Matrix(sparse) == dense)
      #expect(sparse.storedCount == dense.storage.filter { $0 != 0 }.count)
      #expect(Matrix(sparse.transposed()) == dense.plainlyTransposed)
      #expect(sparse.transposed().transposed() == sparse)
      let x: [Scalar] = RandomKey(seed: 1, purpose: "x").normalVector(example.columns)
      let product: [Scalar] = filled(example.rows) { sparse.apply(x.span, into: &$0) }
      #expect(
        largestDifference(product, dense.inDouble * x.map { Double($0) }) <= Scalar.roundingOfSums)
    }
    for type in scalarTypes { try check(type) }
  }

  @Test func tripletsAreSummedInAnyOrder() throws {
    typealias Triplet = SparseMatrix<Double>.Triplet
    let triplets = [
      Triplet(row: 2, column: 1, value: 1), Triplet(row: 0, column: 3, value: 2),
      Triplet(row: 2, column: 0, value: 3), Triplet(row: 0, column: 3, value: 4),
      Triplet(row: 2, column: 1, value: -1),
    ]
    let matrix = try SparseMatrix(rowCount: 3, columnCount: 4, triplets: triplets)
    #expect(matrix.rowOffsets == [0, 1, 1, 3])
    #expect(matrix.columnIndices == [3, 0, 1] && matrix.values == [6, 3, 0])
    let empty = try SparseMatrix<Float>(rowCount: 2, columnCount: 0, triplets: [])
    #expect(empty.rowOffsets == [0, 0, 0] && empty.storedCount == 0)
    #expect(empty.transposed().rowOffsets == [0])
  }

  @Test func refusesWhatIsNoSparseMatrix() {
    func kind(
      _ rows: Int = 2, _ columns: Int = 3, offsets: [Int] = [0, 2, 3],
      indices: [Int32] = [0, 2, 1], values: [Double] = [1, 2, 3]
    ) -> OptimKitError.Kind? {
      errorKind {
        _ = try SparseMatrix(
          rowCount: rows, columnCount: columns, rowOffsets: offsets, columnIndices: indices,
          values: values)
      }
    }
    #expect(kind() == nil)
    #expect(kind(-1) == .invalidArgument)
    #expect(kind(2, Int(Int32.max) + 1) == .invalidArgument)
    #expect(kind(3) == .dimensionMismatch)
    #expect(kind(indices: [0, 2]) == .dimensionMismatch)
    #expect(kind(offsets: [1, 2, 3]) == .invalidArgument)
    #expect(kind(offsets: [0, 2, 2]) == .invalidArgument)
    #expect(kind(offsets: [0, 4, 3]) == .invalidArgument)
    #expect(kind(offsets: [0, -1, 3]) == .invalidArgument)
    #expect(kind(indices: [0, 3, 1]) == .invalidArgument)
    #expect(kind(indices: [-1, 2, 1]) == .invalidArgument)
    #expect(kind(indices: [2, 0, 1]) == .invalidArgument)
    #expect(kind(indices: [1, 1, 1]) == .invalidArgument)
    #expect(kind(values: [1, .nan, 3]) == .nonFiniteValue)
    for (row, column) in [(2, 0), (0, 3), (-1, 0), (0, -1)] {
      #expect(
        errorKind {
          _ = try SparseMatrix<Double>(
            rowCount: 2, columnCount: 3, triplets: [.init(row: row, column: column, value: 1)])
        } == .invalidArgument)
    }
    #expect(
      errorKind {
        _ = try SparseMatrix(Matrix<Double>(rowCount: 1, columnCount: 1, storage: [.infinity]))
      } == .nonFiniteValue)
  }

  @Test func decodingValidates() throws {
    let matrix = try SparseMatrix<Double>(SparseCase.all[0].matrix())
    let data = try JSONEncoder().encode(matrix)
    #expect(try JSONDecoder().decode(SparseMatrix<Double>.self, from: data) == matrix)
    let text = String(decoding: data, as: UTF8.self)
      .replacing("\"rowCount\":37", with: "\"rowCount\":36")
    #expect(text.utf8.count == data.count && text != String(decoding: data, as: UTF8.self))
    #expect(
      errorKind {
        _ = try JSONDecoder().decode(SparseMatrix<Double>.self, from: Data(text.utf8))
      } == .dimensionMismatch)
  }
}
