import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// S A from blocks and lanes equals the product of the written-out matrices.
@Suite struct DampedSystemSketchingTests {
  /// Shapes whose short side is less than, exactly, and more than a group of lanes.
  static let cases = [(21, 40), (40, 21), (16, 30), (3, 7), (7, 3), (12, 12)].flatMap { shape in
    [SystemCase.Curvature.none, .positive, .blocks].map {
      SystemCase(rows: shape.0, columns: shape.1, curvature: $0, damping: 0.5)
    }
  }

  @Test(arguments: cases, [1, 3, 40])
  func sketchIsTheProductOfTheMatrices(of example: SystemCase, blockRowCount: Int) throws {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) throws {
      let system: DampedSystem<Scalar> = example.system(.rows)
      let key = RandomKey(seed: 6, purpose: .sketch)
      let sketch = DenseSketch(
        matrix: key.normalMatrix(11, system.longCount), blockRowCount: blockRowCount)
      var result = Matrix<Scalar>(rowCount: 11, columnCount: system.shortCount)
      result.withMutableElements { Scalar.fill(&$0, with: .nan) }
      try system.apply(sketch, into: &result)
      #expect(
        largestDifference(result, sketch.matrix * example.tall(type)) <= Scalar.roundingOfSums)
      #expect(system.ledger.counts.sketches == 1)
    }
    for type in scalarTypes { try check(type) }
  }

  /// The Gram matrix of S A without S A, in working precision and in single precision.
  @Test(arguments: cases.filter { $0.rows > $0.columns }, [1, 3, 40])
  func gramMatrixIsThatOfTheSketch(of example: SystemCase, blockRowCount: Int) throws {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) throws {
      let system: DampedSystem<Scalar> = example.system(.rows)
      #expect(system.streamsRows)
      let key = RandomKey(seed: 6, purpose: .sketch)
      let sketch = DenseSketch(
        matrix: key.normalMatrix(11, system.longCount), blockRowCount: blockRowCount)
      let sketched = (sketch.matrix * example.tall(type)).inDouble
      try check(system, sketch, sketched, in: Scalar.self)
      try check(system, sketch, sketched, in: Float.self)
    }
    func check<Scalar: RealScalar, Element: RealScalar>(
      _ system: DampedSystem<Scalar>, _ sketch: DenseSketch, _ sketched: Matrix<Double>,
      in: Element.Type
    ) throws {
      let order = system.shortCount
      var gram = Matrix<Element>(rowCount: order, columnCount: order)
      gram.withMutableElements { Element.fill(&$0, with: .nan) }
      let scale = Double(try system.formSketchedGram(of: sketch, into: &gram))
      #expect(scale == 1 || Element.self != Scalar.self)
      let size = sketched.storage.reduce(0) { $0 + $1 * $1 }
      for i in 0..<order {
        for j in 0...i {
          let sum = (0..<11).reduce(0.0) { $0 + sketched[$1, i] * sketched[$1, j] }
          #expect(
            abs(Double(gram[i, j]) / (scale * scale) - sum)
              <= Double(Element.roundingOfSums) * size)
        }
      }
    }
    for type in scalarTypes { try check(type) }
  }

  /// Numbers outside of the range of `Float`, whose first rows are zero.
  @Test func gramMatricesInSinglePrecisionAreScaled() throws {
    for size in [1e-250, 1, 1e250] {
      var matrix: Matrix<Double> = RandomKey(seed: 8, purpose: "rows").normalMatrix(12, 2)
      for i in 0..<12 { for j in 0..<2 { matrix[i, j] *= i < 4 ? 0 : size } }
      let system = DampedSystem(jacobian: DenseJacobian(matrix))
      var identity = Matrix<Double>(rowCount: 12, columnCount: 12)
      for i in 0..<12 { identity[i, i] = 1 }
      var gram = Matrix<Float>(rowCount: 2, columnCount: 2)
      let scale = try system.formSketchedGram(of: DenseSketch(matrix: identity), into: &gram)
      let expected = (4..<12).reduce(0.0) {
        $0 + scale * matrix[$1, 0] * (scale * matrix[$1, 1])
      }
      #expect(abs(Double(gram[1, 0]) - expected) <= 1e-6 * Double(gram[0, 0] + gram[1, 1]))
      #expect(gram[0, 0] > 0 && gram[0, 0].isFinite && gram[1, 1].isFinite)
    }
  }

  @Test(arguments: [SystemCase.Provider.gram, .products], [(5, 9), (9, 5)])
  func productsAloneCannotBeSketched(provider: SystemCase.Provider, shape: (Int, Int)) {
    let example = SystemCase(rows: shape.0, columns: shape.1, curvature: .none, damping: 0)
    let system: DampedSystem<Double> = example.system(provider)
    let sketch = DenseSketch(matrix: Matrix(rowCount: 2, columnCount: 9))
    var result = Matrix<Double>(rowCount: 2, columnCount: 5)
    #expect(errorKind { try system.apply(sketch, into: &result) } == .missingCapability)
  }

  /// An error that a provider throws on another thread reaches the caller.
  @Test(arguments: [(5, 9), (9, 5)])
  func errorsOfTheProviderComeThrough(rows: Int, columns: Int) {
    struct Failing: RowAccessible {
      let rowCount: Int
      let columnCount: Int
      func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {}
      func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {}
      func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Double>) throws {
        throw OptimKitError(.unreadableFile, cause: "the rows are gone", remedy: "find them")
      }
    }
    let system = DampedSystem(jacobian: Failing(rowCount: rows, columnCount: columns))
    let sketch = DenseSketch(matrix: Matrix(rowCount: 2, columnCount: 9))
    var result = Matrix<Double>(rowCount: 2, columnCount: 5)
    #expect(errorKind { try system.apply(sketch, into: &result) } == .unreadableFile)
    var normal = Matrix<Double>(rowCount: 5, columnCount: 5)
    #expect(errorKind { try system.formNormalMatrix(into: &normal) } == .unreadableFile)
  }
}
