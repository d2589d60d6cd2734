import OptimKit

/// R of S̄Ā = QR, S̄Ā = [S A; √μ I], kept together with Q: besides the preconditioner it gives the solution of
/// the sketched least-squares problem, a good start.
///
/// Storage: (s + k) k + s + k scalars, and for the sketch of one vector 64 bytes for each row of S and of a block.
final class SketchFactor<Scalar: RealScalar>: FactoredPreconditioner {
  var report: PreparationReport
  /// u κ(R), with κ₁(R)/√k for the condition number.
  let relativeAccuracy: Scalar
  private var factorization: OrthogonalFactorization<Scalar>?
  private let sketch: any Sketch
  private var sketchedTarget: AlignedBuffer<Scalar>?
  private var sum: AlignedBuffer<Scalar>?
  private var block: AlignedBuffer<Scalar>?

  init(
    of system: DampedSystem<Scalar>, _ sketch: any Sketch, from sketcher: any Sketcher,
    smallestReciprocal: Scalar, reusing old: SketchFactor?
  ) throws {
    let order = system.shortCount
    let rows = max(sketch.rowCount + (system.damping > 0 ? order : 0), order)
    var recovered = old?.factorization.take()?.recoverStorage()
    if recovered?.rowCount != rows || recovered?.columnCount != order {
      recovered = Matrix(rowCount: rows, columnCount: order)
    }
    var matrix = recovered.take()!
    try system.apply(sketch, into: &matrix)
    let root = system.damping.squareRoot()
    matrix.withMutableElements { elements in
      elements.withSlice(sketch.rowCount * order..<rows * order) { tail in
        Scalar.fill(&tail, with: 0)
        if root > 0 { for i in 0..<order { tail[i * order + i] = root } }
      }
    }
    // Handed over, not shared: a shared matrix would be copied.
    recovered = consume matrix
    let result = try system.ledger.measureInterruptibly(.factorization) {
      try OrthogonalFactorization(recovered.take()!)
    }
    system.ledger.addFactorization()
    let reciprocal = try result.requireRegular(
      "the sketched system", smallestReciprocal: smallestReciprocal)
    relativeAccuracy = Scalar.unitRoundoff / (reciprocal * Scalar(order).squareRoot())
    factorization = result
    self.sketch = sketch
    sketchedTarget = old?.sketchedTarget.take()
    sum = old?.sum.take()
    block = old?.block.take()
    report = PreparationReport(
      access: system.sketchAccess(of: sketch), sketchSize: sketch.rowCount, factorization: "QR",
      costInIterations: system.sketchCostInIterations(of: sketcher, rows: sketch.rowCount))
  }

  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    factorization?.solveTriangle(.plain, in: &r)
  }

  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    factorization?.solveTriangle(.transposed, in: &r)
  }

  /// x ← argmin ‖S̄(Ā x − target)‖, sketch and solve.
  func copySketchedSolution(of target: Span<Scalar>, into x: inout MutableSpan<Scalar>) {
    let order = x.count
    let tail = target.count - sketch.columnCount
    let memory = AlignedBuffer.resize(
      &sketchedTarget, to: max(sketch.rowCount + tail, order))
    var sketched = memory.mutableSpan
    Scalar.fill(&sketched, with: 0)
    copySketch(of: target.extracting(first: sketch.columnCount), into: &sketched)
    if tail > 0 {
      sketched.withSlice(sketch.rowCount..<sketch.rowCount + tail) {
        Scalar.copy(target.extracting(last: tail), into: &$0)
      }
    }
    factorization?.applyOrthogonal(.transposed, in: &sketched)
    Scalar.copy(sketched.span.extracting(first: x.count), into: &x)
    factorization?.solveTriangle(.plain, in: &x)
  }

  /// First elements of result ← S target: a matrix of one column, in the first of the lanes.
  private func copySketch(of target: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    let width = Lanes.width(of: Scalar.self)
    let kernels = Scalar.routines.kernels
    let sum = AlignedBuffer.resize(&sum, to: sketch.rowCount * width)
    let block = AlignedBuffer.resize(&block, to: sketch.blockRowCount * width)
    sum.clear(from: 0)
    var sums = sum.mutableSpan
    for number in 0..<sketch.blockCount where sketch.needsBlock(number) {
      let first = number * sketch.blockRowCount
      let count = min(sketch.blockRowCount, target.count - first)
      target.withUnsafeBufferPointer { target in
        guard let start = target.baseAddress else { return }
        kernels.copyIntoLanes(start + first, 1, 1, block.baseAddress, count, width)
      }
      block.clear(from: count * width)
      var elements = block.mutableSpan
      sketch.accumulate(&elements, number: number, lanes: width, into: &sums)
    }
    for i in 0..<sketch.rowCount { result[i] = sums[i * width] }
  }
}
