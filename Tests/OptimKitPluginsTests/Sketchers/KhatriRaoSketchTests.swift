import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Sketches of Khatri-Rao rows")
struct KhatriRaoSketchTests {
  /// Fewer and more rows than a group of lanes; several outputs; right factors short and long.
  static let networks = [(21, 5, 300, 1), (6, 40, 50, 2), (3, 1, 70, 1), (1, 3, 9, 1)]

  @Test("equal those of the rows written out", arguments: networks)
  func equalsDenseSketch(samples: Int, features: Int, width: Int, outputs: Int) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let jacobian: TwoLayerReLUJacobian<Scalar> = try networkJacobian(
        samples: samples, features: features, width: width, outputs: outputs)
      let factors: [Scalar] = (0..<jacobian.rowCount).map { 1 + Scalar($0) / 8 }
      let system = DampedSystem(jacobian: jacobian, curvatureFactor: factors)
      var rows = Matrix<Scalar>(rowCount: jacobian.rowCount, columnCount: jacobian.columnCount)
      rows.withMutableElements { jacobian.copyRows(0..<system.rowCount, into: &$0) }
      for i in 0..<rows.rowCount {
        for j in 0..<rows.columnCount { rows[i, j] *= factors[i] }
      }
      for sketcher in SketcherTests.all + [LeverageSamplingSketcher()] {
        let sketch = try system.makeSketch(
          from: sketcher, rows: 4 * system.rowCount, key: RandomKey(seed: 9, purpose: .sketch))
        var result = Matrix<Scalar>(rowCount: sketch.rowCount, columnCount: system.rowCount)
        result.withMutableElements { Scalar.fill(&$0, with: .nan) }
        try system.apply(sketch, into: &result)
        let expected = sketch.applied(to: rows.transposed())
        let scale = norm(expected.storage)
        for (value, reference) in zip(result.storage, expected.storage) {
          #expect(
            abs(value - reference) <= 64 * Scalar.unitRoundoff * scale, "\(sketcher.name)")
        }
      }
    }
    for type in scalarTypes { try check(type) }
  }

  @Test("precondition a network's system as well as any")
  func preconditionsNetwork() throws {
    let jacobian: TwoLayerReLUJacobian<Double> = try networkJacobian(
      samples: 64, features: 8, width: 512, outputs: 1)
    let system = DampedSystem(jacobian: jacobian)
    var rows = Matrix<Double>(rowCount: 64, columnCount: 64 * 64)
    rows.withMutableElements { jacobian.copyRows(0..<64, into: &$0) }
    for sketcher in SketcherTests.all + [LeverageSamplingSketcher()] {
      for seed in 0..<5 {
        let sketch = try system.makeSketch(
          from: sketcher, rows: 4 * 64, key: RandomKey(seed: UInt64(seed), purpose: .sketch))
        #expect((sketch is any KhatriRaoSketch) == (sketcher is any KhatriRaoSketcher))
        var sketched = Matrix<Double>(rowCount: sketch.rowCount, columnCount: 64)
        try system.apply(sketch, into: &sketched)
        let condition = try conditionNumber(
          of: rows.transposed(),
          preconditionedBy: OrthogonalFactorization(sketched).triangularFactor)
        #expect(condition * condition < 25, "\(sketcher.name), seed \(seed)")
      }
    }
  }
}
