import OptimKit

/// What is wrong with a sketcher, in words; empty where nothing was found.
///
/// Draws sketches of one shape and checks sizes; that equal keys give equal bits and unequal ones
/// other matrices, whatever the thread and for one, two and three of them; that `Float` and `Double` see the same matrix; that
/// `accumulate` is linear, adds to its sum, works for any number of lanes and treats each lane
/// alike; that blocks it does not need have no share; and that the average of SᵀS over keys is the
/// identity, to within what chance allows a sketch that mixes rows or picks them out.
///
/// - Parameters:
///   - sketcher: The sketcher.
///   - rows: The number of rows s to ask for.
///   - columns: The number of columns of S; choose several blocks' worth that is no multiple of the
///     block, and no more than some hundreds, since matrices are written out.
///   - scalar: The scalar type.
///   - key: The source of the sketches; its iterations are the keys that are averaged over.
/// - Complexity: Fifty sketches of the identity matrix.
public func conformanceIssues<Scalar: RealScalar>(
  of sketcher: some Sketcher, rows: Int, columns: Int, scalar: Scalar.Type,
  key: RandomKey = RandomKey(seed: 0, purpose: "conformance of a sketch")
) -> [String] {
  var findings = ConformanceFindings()
  findings.attempt("drawing a sketch") { findings in
    let sketch = try sketcher.makeSketch(rows: rows, columns: columns, key: key)
    findings.require(
      (1...rows).contains(sketch.rowCount), "\(sketch.rowCount) rows where \(rows) were asked for")
    findings.require(
      sketch.columnCount == columns, "\(sketch.columnCount) columns instead of \(columns)")
    findings.require(sketch.blockRowCount > 0, "blocks of \(sketch.blockRowCount) rows")
    guard findings.issues.isEmpty else { return }
    let check = SketchCheck<Scalar>(
      makeSketch: { try sketcher.makeSketch(rows: rows, columns: columns, key: $0) },
      sketch: sketch, matrix: sketch.matrix(), key: key)
    try check.keys(&findings)
    check.precision(&findings)
    check.accumulation(&findings)
    try check.isometry(&findings)
  }
  return findings.issues
}

private struct SketchCheck<Scalar: RealScalar> {
  let makeSketch: @Sendable (RandomKey) throws -> any Sketch
  let sketch: any Sketch
  let matrix: Matrix<Scalar>
  let key: RandomKey

  func keys(_ findings: inout ConformanceFindings) throws {
    let makeSketch = makeSketch
    let key = key
    let repeated = try concurrently(4) { _ in
      try makeSketch(key).matrix(of: Scalar.self)
    }
    for copy in repeated {
      findings.requireSameBits(
        copy.storage, matrix.storage, "the same arguments do not give the same matrix")
    }
    try findings.requireThreadInvariance("drawing and applying a sketch") {
      try makeSketch(key).matrix(of: Scalar.self).storage
    }
    // Nothing is left to chance in a sketch that keeps all rows as they are.
    guard matrix != .identity(sketch.columnCount) else { return }
    // Several of each kind: few tiny matrices differ, and two may be the same by chance.
    let others: [(Int) -> RandomKey] = [
      { key.with(iteration: key.iteration + $0) },
      { RandomKey(seed: key.seed &+ UInt64($0), purpose: key.purpose) },
      { key.with(purpose: .init(rawValue: "another purpose, \($0)")) },
    ]
    for other in others {
      let differs = try (1...8).contains {
        try makeSketch(other($0)).matrix(of: Scalar.self) != matrix
      }
      findings.require(differs, "another key gives the same matrix")
    }
  }

  func precision(_ findings: inout ConformanceFindings) {
    let single = sketch.matrix(of: Float.self).storage.map { Double($0) }
    let double = sketch.matrix(of: Double.self).storage
    findings.requireClose(
      single, double, scale: norm(double), tolerance: 16 * Double(Float.unitRoundoff),
      "Float and Double do not see the same matrix")
  }

  func accumulation(_ findings: inout ConformanceFindings) {
    let lanes = 3 * Lanes.width(of: Scalar.self)
    let input: Matrix<Scalar> = key.normalMatrix(sketch.columnCount, lanes)
    let before: Matrix<Scalar> = key.with(iteration: 1).normalMatrix(sketch.rowCount, lanes)
    var expected = before
    expected.withMutableElements {
      Scalar.multiply(
        matrix.storage.span, .plain, input.storage.span, rows: sketch.rowCount,
        inner: sketch.columnCount, columns: lanes, plus: 1, into: &$0)
    }

    let sum = AlignedBuffer<Scalar>(count: before.storage.count)
    _ = sum.memory.update(fromContentsOf: before.storage)
    // Backwards: blocks come in any order.
    for number in (0..<sketch.blockCount).reversed() {
      let block = AlignedBuffer<Scalar>(count: sketch.blockRowCount * lanes)
      let first = number * sketch.blockRowCount * lanes
      let end = min(input.storage.count, first + sketch.blockRowCount * lanes)
      _ = block.memory.update(fromContentsOf: input.storage[first..<end])
      var blockSpan = block.memory.mutableSpan
      var sumSpan = sum.memory.mutableSpan
      if sketch.needsBlock(number) {
        sketch.accumulate(&blockSpan, number: number, lanes: lanes, into: &sumSpan)
      }
    }
    findings.requireClose(
      Array(sum.memory), expected.storage, scale: norm(expected.storage),
      tolerance: 64 * Scalar(sketch.columnCount).squareRoot() * Scalar.unitRoundoff,
      "accumulating blocks does not add S A to the sum")
  }

  func isometry(_ findings: inout ConformanceFindings) throws {
    let draws = 40
    let order = sketch.columnCount
    var mean = Matrix<Scalar>(rowCount: order, columnCount: order)
    for iteration in 0..<draws {
      let sample = try makeSketch(key.with(iteration: iteration)).matrix(of: Scalar.self)
      mean.withMutableElements {
        Scalar.addGram(
          of: sample.storage.span, .transposed, order: order, inner: sample.rowCount,
          scaledBy: 1 / Scalar(draws), plus: 1, into: &$0)
      }
    }
    // An element of SᵀS has a variance of at most about 2 / s, but one on the diagonal up to k / s
    // where rows are picked out. Their average, ‖S‖² / k, varies the least.
    let deviation = 1 / Scalar(draws * sketch.rowCount).squareRoot()
    let largestDiagonal = max(12, 6 * Scalar(order).squareRoot()) * deviation
    var square = Scalar(0)
    var trace = Scalar(0)
    var largest = Scalar(0)
    var isWithinChance = true
    for i in 0..<order {
      for j in 0...i {
        let error = abs(mean[i, j] - (i == j ? 1 : 0))
        square += error * error
        largest = max(largest, error)
        isWithinChance = isWithinChance && error <= (i == j ? largestDiagonal : 12 * deviation)
      }
      trace += mean[i, i] / Scalar(order)
    }
    let typical = (square / Scalar(order * (order + 1) / 2)).squareRoot()
    findings.require(
      typical <= 3 * deviation && isWithinChance && abs(trace - 1) <= 3 * deviation,
      "E[SᵀS] is not the identity: over \(draws) draws its elements are off by "
        + "\(typical) on average and by \(largest) at most, where chance explains \(deviation)")
  }
}
