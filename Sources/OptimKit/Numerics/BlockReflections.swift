import COpenBLAS

/// Blocked Householder factorization of a row-major matrix, in the format of LAPACK's `gelqf` (tall, QR) and
/// `geqrf` (wide, LQ), whose column-major eyes see the transposed matrix.
///
/// A panel of the short side is factored at a time, by recursion (Elmroth and Gustavson 2000); what it does to the rest is cut along the short side into
/// strips, each for one thread (Schreiber and Van Loan 1989).
struct BlockReflections<Scalar: RealScalar> {
  /// The short side's length of a panel: its own factorization is slow, the products with it are the faster
  /// the longer it is.
  private static var panelLength: Int { 64 }

  private let start: Shared<UnsafeMutablePointer<Scalar>>
  private let isTall: Bool
  /// The distance of rows.
  private let stride: Int
  private let short: Int
  private let long: Int

  init(_ start: UnsafeMutablePointer<Scalar>, isTall: Bool, rows: Int, columns: Int) {
    self.start = Shared(start)
    self.isTall = isTall
    stride = columns
    short = min(rows, columns)
    long = max(rows, columns)
  }

  /// A ← its triangle and the reflections; coefficients ← their factors τ.
  ///
  /// - Complexity: O(2 long · short² − ⅔ short³).
  func factor(coefficients: inout [Scalar]) {
    let panel = Self.panelLength
    Scalar.routines.scratch.withBuffer(count: panel * (short + 2 * panel)) { scratch in
      coefficients.withUnsafeMutableBufferPointer { coefficients in
        for first in Swift.stride(from: 0, to: short, by: panel) {
          guard !ThreadPool.isCancelled else { return }
          let count = min(panel, short - first)
          factorPanel(first, count, coefficients.baseAddress! + first, scratch)
          if first + count < short {
            applyPanel(first, count, scratch)
          }
        }
      }
    }
  }

  /// target ← Q, of the shape of A, which holds what `factor` made of it: orthonormal columns or rows.
  ///
  /// A strip of the identity goes through the reflections from the last panel to the first on one thread; panels that
  /// begin behind it leave it as it is.
  ///
  /// - Complexity: O(2 long · short² − ⅔ short³).
  func expand(coefficients: [Scalar], into target: UnsafeMutablePointer<Scalar>) {
    let panel = Self.panelLength
    let panels = (short + panel - 1) / panel
    let target = Shared(target)
    for i in 0..<short { target.pointer[i * stride + i] = 1 }
    Scalar.routines.scratch.withBuffer(count: panels * panel * panel + panel * short) { scratch in
      let triangles = Shared(scratch)
      let work = Shared(scratch + panels * panel * panel)
      ThreadPool.forEachBlock(panels) { number in
        formTriangle(
          number * panel, min(panel, short - number * panel), coefficients,
          triangles.pointer + number * panel * panel)
      }
      let strips = max(1, min(64, short / 48))
      ThreadPool.forEachBlock(strips) { number in
        // The last strips go through most panels: they come first.
        let strip = ThreadPool.piece(strips - 1 - number, of: strips, in: 0..<short)
        let last = (strip.upperBound - 1) / panel
        for number in (0...last).reversed() {
          reflect(
            .plain, strip, of: target.pointer, number * panel, min(panel, short - number * panel),
            triangles.pointer + number * panel * panel, work.pointer + panel * strip.lowerBound)
        }
      }
    }
  }

  /// triangle ← T of the panel from `first` on.
  private func formTriangle(
    _ first: Int, _ count: Int, _ coefficients: [Scalar],
    _ triangle: UnsafeMutablePointer<Scalar>
  ) {
    var longCount = blasint(long - first)
    var shortCount = blasint(count)
    var leading = blasint(stride)
    coefficients.withUnsafeBufferPointer {
      Scalar.routines.lapack.larft(
        "F", isTall ? "R" : "C", &longCount, &shortCount, address(long: first, short: first),
        &leading, $0.baseAddress! + first, triangle, &shortCount, 1, 1)
    }
  }

  /// Where row `i` of the long, column `j` of the short side lies.
  private func address(long i: Int, short j: Int) -> UnsafeMutablePointer<Scalar> {
    start.pointer + offset(long: i, short: j)
  }

  private func offset(long i: Int, short j: Int) -> Int {
    isTall ? i * stride + j : j * stride + i
  }

  /// The panel ← its triangle and reflections, by halves so that most of it is products; the start of `triangle` ←
  /// T, with τ on its diagonal.
  private func factorPanel(
    _ first: Int, _ count: Int, _ coefficients: UnsafeMutablePointer<Scalar>,
    _ triangle: UnsafeMutablePointer<Scalar>
  ) {
    var shortCount = blasint(count)
    var longCount = blasint(long - first)
    var leading = blasint(stride)
    var status: blasint = 0
    let panel = address(long: first, short: first)
    if isTall {
      Scalar.routines.lapack.gelqt3(
        &shortCount, &longCount, panel, &leading, triangle, &shortCount, &status)
    } else {
      Scalar.routines.lapack.geqrt3(
        &longCount, &shortCount, panel, &leading, triangle, &shortCount, &status)
    }
    precondition(status == 0, "LAPACK refused argument \(-status)")
    for i in 0..<count { coefficients[i] = triangle[i * count + i] }
  }

  /// The rest of the short side ← (I − V T Vᵀ)ᵀ applied to it.
  private func applyPanel(
    _ first: Int, _ count: Int, _ scratch: UnsafeMutablePointer<Scalar>
  ) {
    let triangle = Shared(scratch)
    let work = Shared(scratch + Self.panelLength * Self.panelLength)
    let rest = first + count..<short
    // Strips of 64 and more keep products efficient.
    let strips = max(1, min(16, rest.count / 64))
    ThreadPool.forEachBlock(strips) { number in
      let strip = ThreadPool.piece(number, of: strips, in: rest)
      reflect(
        .transposed, strip, of: start.pointer, first, count, triangle.pointer,
        work.pointer + (strip.lowerBound - rest.lowerBound) * count)
    }
  }

  /// `strip` of the short side of a matrix of the shape of A ← I − V T Vᵀ, or its transpose, applied to it.
  private func reflect(
    _ operand: MatrixOperand, _ strip: Range<Int>, of matrix: UnsafeMutablePointer<Scalar>,
    _ first: Int, _ count: Int, _ triangle: UnsafePointer<Scalar>,
    _ work: UnsafeMutablePointer<Scalar>
  ) {
    var stripCount = blasint(strip.count)
    var count = blasint(count)
    var longCount = blasint(long - first)
    var leading = blasint(stride)
    let reflections = address(long: first, short: first)
    let target = matrix + offset(long: first, short: strip.lowerBound)
    let larfb = Scalar.routines.lapack.larfb
    // LAPACK sees the transposed matrix: from its right, the transpose is what is plain from the left.
    if isTall {
      larfb(
        "R", operand == .plain ? "T" : "N", "F", "R", &stripCount, &longCount, &count, reflections,
        &leading, triangle, &count, target, &leading, work, &stripCount, 1, 1, 1, 1)
    } else {
      larfb(
        "L", operand == .plain ? "N" : "T", "F", "C", &longCount, &stripCount, &count, reflections,
        &leading, triangle, &count, target, &leading, work, &stripCount, 1, 1, 1, 1)
    }
  }
}
