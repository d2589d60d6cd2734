import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// Whatever the sizes and the elements, a value or an `OptimKitError`. Seeded, so that a case that fails does so again.
@Suite("Sizes that do not fit are refused")
struct ShapeFuzzTests {
  private static let casesPerType = 1500

  private func fuzz(
    _ purpose: String, _ body: (inout RandomStream) throws -> Void
  ) {
    var stream = RandomKey(seed: 9, purpose: RandomKey.Purpose(stringLiteral: purpose)).stream()
    var accepted = 0
    for number in 0..<Self.casesPerType {
      do {
        try body(&stream)
        accepted += 1
      } catch {
        #expect(error is OptimKitError, "\(purpose), case \(number): \(error)")
      }
    }
    #expect(accepted > 0 && accepted < Self.casesPerType, "\(purpose)")
  }

  private func size(_ stream: inout RandomStream) -> Int {
    let sizes = [0, 1, 2, 3, 4, 6, 12, -1, Int.max, Int.min, 1 << 32]
    return sizes[
      Int.random(in: 0..<(Bool.random(using: &stream) ? 7 : sizes.count), using: &stream)]
  }

  private func values(_ count: Int, _ stream: inout RandomStream) -> [Double] {
    let special = [Double.nan, .infinity, 1e300, -0.0, .leastNonzeroMagnitude]
    return (0..<count).map { _ in
      Int.random(in: 0..<40, using: &stream) == 0
        ? special[Int.random(in: 0..<special.count, using: &stream)]
        : Double.random(in: -1...1, using: &stream)
    }
  }

  @Test("of matrices") func matrices() {
    fuzz("matrices") { stream in
      let (rows, columns) = (size(&stream), size(&stream))
      let count = Int.random(in: 0...12, using: &stream)
      let matrix = try Matrix(
        rowCount: rows, columnCount: columns, storage: values(count, &stream))
      #expect(matrix.rowCount * matrix.columnCount == count)
    }
  }

  @Test("of sparse matrices") func sparseMatrices() {
    fuzz("sparse matrices") { stream in
      let (rows, columns) = (size(&stream), size(&stream))
      let count = Int.random(in: 0...6, using: &stream)
      var offsets = (0...3).map { _ in Int.random(in: -1...6, using: &stream) }
      if Bool.random(using: &stream) { offsets = [0] + offsets.filter { $0 >= 0 }.sorted() }
      if Bool.random(using: &stream) { offsets[offsets.count - 1] = count }
      let indices = (0..<count).map { _ in Int32.random(in: -1...6, using: &stream) }
      let matrix = try SparseMatrix(
        rowCount: rows, columnCount: columns, rowOffsets: offsets,
        columnIndices: Bool.random(using: &stream) ? indices.sorted() : indices,
        values: values(count, &stream))
      guard matrix.columnCount <= 12 else { return }
      let ones = [Double](repeating: 1, count: matrix.columnCount)
      var product = Double.zeros(matrix.rowCount)
      var span = product.mutableSpan
      matrix.apply(ones.span, into: &span)
    }
  }

  @Test("of NumPy arrays") func numPyArrays() {
    fuzz("NumPy arrays") { stream in
      let shape = (0..<Int.random(in: 0...3, using: &stream)).map { _ in size(&stream) }
      let count = Int.random(in: 0...12, using: &stream)
      let array = try NumPyArray(shape: shape, values: values(count, &stream))
      _ = try NumPyArray(parsing: array.serialized(), name: "array")
    }
  }

  @Test("of objectives and starting points") func objectives() {
    fuzz("objectives") { stream in
      func count() -> Int { Int.random(in: 3...5, using: &stream) }
      let matrix = try Matrix(rowCount: 4, columnCount: 3, storage: values(12, &stream))
      let model = try LinearModel(
        features: matrix, outputsPerSample: Int.random(in: -1...2, using: &stream),
        hasIntercept: false)
      let weights = Bool.random(using: &stream) ? values(count(), &stream).map(abs) : nil
      let objective = try EmpiricalRisk(
        model: model, loss: SquaredLoss(), targets: values(count(), &stream), weights: weights,
        ridge: values(1, &stream)[0])
      _ = try minimize(
        objective, from: values(count(), &stream), using: .gaussNewton(solver: .automatic),
        until: [.iterations(Int.random(in: -1...2, using: &stream))])
    }
  }
}
