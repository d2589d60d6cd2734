import OptimKit
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
