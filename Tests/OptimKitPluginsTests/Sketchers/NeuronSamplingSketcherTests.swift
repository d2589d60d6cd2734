import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Neuron sampling")
struct NeuronSamplingSketcherTests {
  private func key(_ seed: Int) -> RandomKey { RandomKey(seed: UInt64(seed), purpose: .sketch) }

  @Test("keeps whole neurons, each as often as any on average", arguments: [(320, 3), (250, 2)])
  func unbiased(leftCount: Int, rightCount: Int) throws {
    let sketcher = NeuronSamplingSketcher(fraction: 0.3)
    var means = [Double](repeating: 0, count: leftCount)
    var sampled = [Double](repeating: 0, count: leftCount)
    let draws = 100
    for seed in 0..<draws {
      let sketch = try sketcher.makeSketch(
        rows: 20 * rightCount, leftCount: leftCount, rightCount: rightCount, key: key(seed))
      #expect(sketch.rowCount <= 20 * rightCount && sketch.rowCount % rightCount == 0)
      let matrix = sketch.applied(to: Self.indicators(leftCount, rightCount))
      // Column a of S times the indicator of neuron a: rightCount equal elements.
      for t in 0..<sketch.rowCount {
        for a in 0..<leftCount where matrix[t, a] != 0 {
          means[a] += matrix[t, a] * matrix[t, a] / Double(rightCount * draws)
        }
      }
      let sample = try sketcher.sampleLeftElements(
        attempt: 0, rows: 1, leftCount: leftCount, rightCount: rightCount, key: key(seed))
      for a in sample.ranges.joined() { sampled[a] += sample.weight / Double(draws) }
    }
    // Kept with a chance of about 1/16 and 2/5, squares deviate by 4 and 1.3 over √draws.
    #expect(means.allSatisfy { abs($0 - 1) < 5 * 4 / Double(draws).squareRoot() })
    #expect(sampled.allSatisfy { abs($0 - 1) < 5 * 1.3 / Double(draws).squareRoot() })
    #expect(abs(means.reduce(0, +) / Double(leftCount) - 1) < 0.1)
    #expect(abs(sampled.reduce(0, +) / Double(leftCount) - 1) < 0.1)
  }

  /// Column a is 1 in the rows of neuron a for one right element.
  private static func indicators(_ leftCount: Int, _ rightCount: Int) -> Matrix<Double> {
    var result = Matrix<Double>(rowCount: leftCount * rightCount, columnCount: leftCount)
    for a in 0..<leftCount {
      for b in 0..<rightCount { result[a * rightCount + b, a] = 1 }
    }
    return result
  }

  @Test("of the Gram matrix equals that of the rows of the sampled neurons", arguments: [1, 3])
  func gramEqualsSketch(outputs: Int) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let jacobian: TwoLayerReLUJacobian<Scalar> = try networkJacobian(
        samples: 21, features: 5, width: 700, outputs: outputs)
      let order = jacobian.rowCount
      let factors: [Scalar] = (0..<order).map { 1 + Scalar($0 % 8) / 8 }
      let system = DampedSystem(jacobian: jacobian, curvatureFactor: factors, damping: 0.5)
      let sample = try system.sampleLeftElements(
        from: NeuronSamplingSketcher(fraction: 0.5), rows: 1, key: key(1))
      #expect(sample.count < 700)
      var gram = Matrix<Scalar>(rowCount: order, columnCount: order)
      try system.formNormalMatrix(of: sample, into: &gram)

      var rows = Matrix<Scalar>(rowCount: order, columnCount: jacobian.columnCount)
      rows.withMutableElements { jacobian.copyRows(0..<order, into: &$0) }
      for i in 0..<order {
        for j in 0...i {
          var sum: Scalar = i == j ? 0.5 : 0
          for q in sample.ranges.flatMap({ $0.lowerBound * 5..<$0.upperBound * 5 }) {
            sum += Scalar(sample.weight) * factors[i] * factors[j] * rows[i, q] * rows[j, q]
          }
          #expect(abs(gram[i, j] - sum) <= 1000 * Scalar.unitRoundoff * 40)
        }
      }
    }
    for type in scalarTypes { try check(type) }
  }

  @Test("preconditions a random network, from its bits, with the default fraction")
  func preconditionsNetwork() throws {
    let jacobian: TwoLayerReLUJacobian<Double> = try networkJacobian(
      samples: 100, features: 20, width: 2048, outputs: 1)
    let system = DampedSystem(jacobian: jacobian)
    var rows = Matrix<Double>(rowCount: 100, columnCount: jacobian.columnCount)
    rows.withMutableElements { jacobian.copyRows(0..<100, into: &$0) }
    let tall = rows.transposed()
    for seed in 0..<5 {
      let preconditioner = try SketchPreconditioning(NeuronSamplingSketcher()).makePreconditioner(
        for: system, key: key(seed))
      #expect(preconditioner.report.access.contains("512 sampled left factors"))
      #expect(preconditioner.report.sketchSize == 512 * 20)
      let sample = try system.sampleLeftElements(
        from: NeuronSamplingSketcher(), rows: 400, key: key(seed))
      var gram = Matrix<Double>(rowCount: 100, columnCount: 100)
      try system.formNormalMatrix(of: sample, into: &gram)
      let factor = try CholeskyFactorization(gram).recoverStorage()
      let condition = try conditionNumber(of: tall, preconditionedBy: upper(factor))
      #expect(condition * condition < 5, "seed \(seed)")
    }
  }

  private func upper(_ lower: Matrix<Double>) -> Matrix<Double> {
    var result = lower
    for i in 0..<lower.rowCount {
      for j in 0..<lower.rowCount { result[i, j] = j >= i ? lower[j, i] : 0 }
    }
    return result
  }

  @Test("draws more neurons where the Gram matrix of few is singular, and says so")
  func moreNeurons() throws {
    // One neuron word of 2 features has rank 128 at most, in fact less than 90 residuals' worth.
    let jacobian: TwoLayerReLUJacobian<Double> = try networkJacobian(
      samples: 90, features: 2, width: 4096, outputs: 1)
    let system = DampedSystem(jacobian: jacobian)
    let report = try SketchPreconditioning(NeuronSamplingSketcher(fraction: 0.001))
      .makePreconditioner(for: system, key: key(0)).report
    #expect(report.fallbacks.contains { $0.contains("drew twice as many") }, "\(report)")
    #expect(report.factorization == "Cholesky")
  }

  @Test("solves networks' systems with every solver that takes a sketch, and by QR")
  func solves() throws {
    let jacobian: TwoLayerReLUJacobian<Double> = try networkJacobian(
      samples: 10, features: 6, width: 1024, outputs: 2)
    let solvers: [any LinearSolver] = [
      SketchedCGSolver(.neuronSampling()), HeavyBallSolver(.neuronSampling()),
      ChebyshevSolver(.neuronSampling()), SketchedLSQRSolver(.neuronSampling()),
    ]
    for damping in [0, 0.3] {
      let system = DampedSystem(
        jacobian: jacobian, curvatureFactor: (0..<20).map { 1 + Double($0 % 3) / 2 },
        damping: damping)
      for solver in solvers {
        let issues = conformanceIssues(
          of: solver, on: system, tolerance: .relative(1e-9), center: damping > 0)
        #expect(issues == [], "\(solver.name)")
      }
    }
  }

  @Test("refuses a fraction outside its domain", arguments: [0, -1, 1.5, Double.nan])
  func badFraction(fraction: Double) {
    #expect(throws: OptimKitError.self) {
      try NeuronSamplingSketcher(fraction: fraction).makeSketch(rows: 5, columns: 5, key: key(0))
    }
  }
}
