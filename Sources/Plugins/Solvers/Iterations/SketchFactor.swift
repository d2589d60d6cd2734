import OptimKit

/// A sketch and its size, for a factor by QR.
struct SketchFactoring {
  var sketcher: any Sketcher
  var oversampling: Double
}

/// R of S̄Ā = QR, S̄Ā = [S A; √μ I], kept together with Q: besides the preconditioner it gives the solution of
/// the sketched least-squares problem, a good start.
///
/// Storage: (s + k) k + 2 (s + k) scalars.
final class SketchFactor<Scalar: RealScalar>: FactoredPreconditioner {
  let report: PreparationReport
  private var factorization: OrthogonalFactorization<Scalar>?
  private let sketch: any Sketch
  private let sketchedTarget: AlignedBuffer<Scalar>
  private let sum: AlignedBuffer<Scalar>
  private let block: AlignedBuffer<Scalar>

  init(
    of system: DampedSystem<Scalar>, _ sketching: SketchFactoring, key: RandomKey,
    reusing storage: consuming Matrix<Scalar>?
  ) throws {
    let order = system.shortCount
    let size = try system.sketchSize(oversampling: sketching.oversampling)
    let sketch = try system.makeSketch(from: sketching.sketcher, rows: size, key: key)
    let rows = max(sketch.rowCount + (system.damping > 0 ? order : 0), order)
    var recovered = storage.take()
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
    let result = try system.ledger.measure(.factorization) {
      try OrthogonalFactorization(recovered.take()!)
    }
    system.ledger.addFactorization()
    try result.requireRegular("the sketched system")
    factorization = result
    self.sketch = sketch
    let width = Lanes.width(of: Scalar.self)
    sketchedTarget = AlignedBuffer(count: rows)
    sum = AlignedBuffer(count: sketch.rowCount * width)
    block = AlignedBuffer(count: sketch.blockRowCount * width)
    report = PreparationReport(
      access: system.sketchAccess(of: sketch), sketchSize: sketch.rowCount, factorization: "QR")
  }

  /// Gives the memory of the factorization to the next; the factor is of no use any more.
  func recoverStorage() -> Matrix<Scalar>? { factorization.take()?.recoverStorage() }

  func applyInverseFactor(in r: inout MutableSpan<Scalar>) {
    factorization?.solveTriangle(.plain, in: &r)
  }

  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>) {
    factorization?.solveTriangle(.transposed, in: &r)
  }

  /// x ← argmin ‖S̄(Ā x − target)‖, sketch and solve.
  func copySketchedSolution(of target: Span<Scalar>, into x: inout MutableSpan<Scalar>) {
    var sketched = sketchedTarget.memory.mutableSpan
    Scalar.fill(&sketched, with: 0)
    copySketch(of: target.extracting(first: sketch.columnCount), into: &sketched)
    let tail = target.count - sketch.columnCount
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
    sum.memory.clear(from: 0)
    var sums = sum.memory.mutableSpan
    for number in 0..<sketch.blockCount where sketch.needsBlock(number) {
      let first = number * sketch.blockRowCount
      let count = min(sketch.blockRowCount, target.count - first)
      target.withUnsafeBufferPointer { target in
        guard let start = target.baseAddress else { return }
        kernels.copyIntoLanes(start + first, 1, 1, block.baseAddress, count, width)
      }
      block.memory.clear(from: count * width)
      var elements = block.memory.mutableSpan
      sketch.accumulate(&elements, number: number, lanes: width, into: &sums)
    }
    for i in 0..<sketch.rowCount { result[i] = sums[i * width] }
  }
}
