import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// The systems that solvers see: capabilities of the network's Jacobian against its written-out
/// rows.
@Suite struct TwoLayerReLUSystemTests {
  private struct Fixture<Scalar: RealScalar> {
    let jacobian: TwoLayerReLUJacobian<Scalar>
    let factor: [Scalar]

    init(_ example: NetworkCase) throws {
      let network: TwoLayerReLU<Scalar> = try example.network()
      var outputs = [Scalar](repeating: 0, count: network.outputCount)
      var span = outputs.mutableSpan
      jacobian = network.linearize(at: network.initialParameters().span, outputs: &span)
      factor = (0..<network.outputCount).map { 0.5 + Scalar($0 % 4) / 4 }
    }

    /// The system of any provider with the same factor and damping.
    func system(_ provider: any JacobianProvider<Scalar>) -> DampedSystem<Scalar> {
      DampedSystem(jacobian: provider, curvatureFactor: factor, damping: 0.25)
    }

    /// Rows and nothing else.
    func rows() throws -> DenseJacobian<Scalar> {
      let count = jacobian.rowCount * jacobian.columnCount
      let storage: [Scalar] = filled(count) {
        jacobian.copyRows(0..<jacobian.rowCount, into: &$0)
      }
      return DenseJacobian(
        try Matrix(
          rowCount: jacobian.rowCount, columnCount: jacobian.columnCount, storage: storage))
    }
  }

  /// From Kronecker factors in the dual, from rows in the primal.
  @Test(arguments: NetworkCase.all, [1, 7, 64, 5000])
  func sketchEqualsThatOfTheRows(example: NetworkCase, blockRowCount: Int) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let fixture = try Fixture<Scalar>(example)
      let system = fixture.system(fixture.jacobian)
      let key = RandomKey(seed: 5, purpose: .sketch)
      let sketch = DenseSketch(
        matrix: key.normalMatrix(6, system.longCount), blockRowCount: blockRowCount)
      func sketched(_ system: DampedSystem<Scalar>) throws -> [Scalar] {
        var result = Matrix<Scalar>(rowCount: 6, columnCount: system.shortCount)
        try system.apply(sketch, into: &result)
        return result.storage
      }
      let actual = try sketched(system)
      var matrix = try fixture.rows().matrix
      for i in 0..<matrix.rowCount {
        for j in 0..<matrix.columnCount { matrix[i, j] *= fixture.factor[i] }
      }
      let expected = sketch.applied(to: system.isDual ? matrix.transposed() : matrix).storage
      let tolerance = 1000 * Scalar.unitRoundoff
      #expect(distance(actual, expected) <= tolerance * norm(expected))
    }
    for type in scalarTypes { try check(type) }
  }

  @Test(arguments: scalarTypes, NetworkCase.all)
  func normalMatrixEqualsThatOfTheRows(type: any RealScalar.Type, example: NetworkCase) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let fixture = try Fixture<Scalar>(example)
      func lowerTriangle(_ system: DampedSystem<Scalar>) throws -> [Scalar] {
        var matrix = Matrix<Scalar>(
          rowCount: system.shortCount, columnCount: system.shortCount)
        try system.formNormalMatrix(into: &matrix)
        return (0..<system.shortCount).flatMap { i in (0...i).map { matrix[i, $0] } }
      }
      let actual = try lowerTriangle(fixture.system(fixture.jacobian))
      let expected = try lowerTriangle(fixture.system(try fixture.rows()))
      #expect(distance(actual, expected) <= 1000 * Scalar.unitRoundoff * norm(expected))
    }
    try check(type)
  }
}

/// Results do not depend on the number of threads. One at a time: the number is that of the
/// process.
@Suite(.serialized) struct TwoLayerReLUThreadsTests {
  @Test(
    arguments: scalarTypes, NetworkCase.all + [NetworkCase(samples: 150, features: 7, width: 700)])
  func resultsAreTheSameBits(type: any RealScalar.Type, example: NetworkCase) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let before = ComputeEnvironment.current.threads
      defer { try? ComputeEnvironment.setThreadCount(before) }
      let results: [[[Scalar]]] = try [1, 2, 3].map { threads in
        try ComputeEnvironment.setThreadCount(threads)
        return try everything(about: example)
      }
      for other in results.dropFirst() {
        #expect(zip(results[0], other).allSatisfy { haveSameBits($0, $1) })
      }
    }
    try check(type)
  }

  private func everything<Scalar: RealScalar>(about example: NetworkCase) throws -> [[Scalar]] {
    let network: TwoLayerReLU<Scalar> = try example.network()
    let weights = network.initialParameters()
    var outputs = [Scalar](repeating: 0, count: network.outputCount)
    var span = outputs.mutableSpan
    let jacobian = network.linearize(at: weights.span, outputs: &span)
    let key = RandomKey(seed: 6, purpose: "threads")
    let u: [Scalar] = key.normalVector(network.outputCount)
    let order = jacobian.rowCount
    var gram = [Scalar](repeating: 0, count: order * order)
    var gramSpan = gram.mutableSpan
    jacobian.computeGram(into: &gramSpan)
    let system = DampedSystem(jacobian: jacobian)
    let sketch = DenseSketch(
      matrix: key.normalMatrix(3, system.longCount), blockRowCount: 50)
    var sketched = Matrix<Scalar>(rowCount: 3, columnCount: system.shortCount)
    try system.apply(sketch, into: &sketched)
    return [
      outputs, try jacobian.product(weights), try jacobian.transposedProduct(u),
      filled(order) { jacobian.applyGram(u.span, into: &$0) }, gram, sketched.storage,
    ]
  }
}
