import OptimKit

/// Sampling of neurons: S keeps whole elements of the left factors of Khatri-Rao rows, multiplied by √(m/m') for
/// m' of m, so that S (l ⊗ r) = √(m/m') l' ⊗ r with l' the kept part of l.
///
/// Distribution: the m elements are cut into blocks of up to 64 neighbours. Of B wanted blocks, each is drawn
/// from its own one of B strata of equal length along the width, so that every block is expected B/W times of W
/// in all, which makes E[SᵀS] = I; one that lies across a border may be drawn twice, and counts so.
///
/// Where the Jacobian offers `SampledGram`, as that of a two-layer ReLU network does, ``SketchPreconditioning``
/// gets (S A)ᵀ S A from the activation bits of the sampled neurons, by O(n² m'/64) word operations for n
/// residuals: S A is never formed, so many neurons can be afforded, `fraction` · m of them. Storage n m'/8 bytes.
/// Elsewhere S A is written out and m' = s/d is what s rows allow, for right factors of d elements; at least one
/// neuron is kept, even where d is more than s. Without Khatri-Rao rows, it samples blocks of rows of A.
///
/// It pays where the exact Gram matrix is what costs, m well above 20 n: below, Cholesky of order n takes longer
/// than the Gram matrix of all neurons, and ``CholeskySolver`` needs no iterations at all.
///
/// How many: the sampled Gram matrix is a sum of independent terms, one a neuron of weights drawn at random, each
/// of norm at most ‖X‖²/m. By the matrix Chernoff bound (Tropp 2012), m' = O(ε⁻² λ⁻¹ ‖X‖² log n) keep all
/// eigenvalues of P⁻¹N in 1 ± ε, where λ is the least eigenvalue of the Gram matrix; this is also the argument
/// for width in arXiv 2006.11648. Unlike with sketches that mix neurons, the number thus depends on the data:
/// samples that are nearly alike differ in few neurons, λ is small, and iterations grow. Measured at initial
/// weights with d = 64, conjugate gradients reduce the residual to 10⁻⁶ in 20 iterations with an SRHT of
/// s = 4 n, and with samples of 1/16, 1/4 and 1/2 of the neurons in 7, 5 and 5 for 512 random samples (m = 8192),
/// and in 30, 13 and 9 for the digits of `train-relu` (n = 1257, m = 16384), where m' = s/d take 250. Iterations
/// with momentum, which trust ρ = √(k/s), start with one that is too small, notice, and take several times more.
/// Below m' d = n the sampled matrix is singular; where it is at working precision, ``SketchPreconditioning``
/// doubles the sample until it is regular or holds all neurons.
public struct NeuronSamplingSketcher: LeftFactorSampler {
  /// The fraction of neurons that a Gram matrix is made of, more than 0 and up to 1; 1/4 by default. No fewer
  /// are taken than give as many rows as a sketch would have.
  public var fraction: Double

  /// Creates a sketcher.
  public init(fraction: Double = 0.25) { self.fraction = fraction }

  /// "neuron-sampling".
  public var name: String { "neuron-sampling" }

  /// Draws a matrix, for columns that no factorization is known of: it samples single elements, in blocks.
  ///
  /// - Complexity: O(columns).
  /// - Throws: `OptimKitError` where a size is not positive or `fraction` is outside its domain.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try makeSketch(rows: rows, leftCount: columns, rightCount: 1, key: key)
  }

  /// Draws a matrix for Kronecker products of `leftCount` and `rightCount` elements.
  ///
  /// - Complexity: O(leftCount + rows).
  /// - Throws: `OptimKitError` where a size is not positive or `fraction` is outside its domain.
  public func makeSketch(
    rows: Int, leftCount: Int, rightCount: Int, key: RandomKey
  ) throws -> any KhatriRaoSketch {
    try validate(rows: rows, leftCount: leftCount, rightCount: rightCount)
    // Blocks so short that there are eight and more.
    let count = min(leftCount, max(1, rows / rightCount))
    var blockLength = 64
    while blockLength > 1, count < 8 * blockLength { blockLength /= 2 }
    let sample = Self.sample(
      blocks: count == leftCount ? leftCount : count / blockLength, of: blockLength,
      leftCount: leftCount, key: key)
    return NeuronSample(sample, leftCount: leftCount, rightCount: rightCount)
  }

  /// Draws words of 64 neurons, `fraction` of all; twice as many in each further attempt.
  ///
  /// - Complexity: O(leftCount / 64).
  /// - Throws: `OptimKitError` where a size is not positive or `fraction` is outside its domain.
  public func sampleLeftElements(
    attempt: Int, rows: Int, leftCount: Int, rightCount: Int, key: RandomKey
  ) throws -> LeftFactorSample {
    try validate(rows: rows, leftCount: leftCount, rightCount: rightCount)
    let least = Double((rows + rightCount - 1) / rightCount)
    let wanted = max(least, fraction * Double(leftCount)) / 64
    let words = (leftCount + 63) / 64
    var blocks = Int(min(wanted.rounded(.up), Double(words)))
    for _ in 0..<attempt where blocks < words { blocks = min(words, 2 * blocks) }
    return Self.sample(blocks: blocks, of: 64, leftCount: leftCount, key: key)
  }

  private func validate(rows: Int, leftCount: Int, rightCount: Int) throws {
    try validateSketchSize(rows: rows, columns: leftCount)
    try validateSketchSize(rows: rows, columns: rightCount)
    try validateSketchSize(rows: rows, columns: leftCount * rightCount)
    guard fraction > 0, fraction <= 1 else {
      throw OptimKitError(
        .invalidArgument, cause: "the fraction of neurons to sample is \(fraction)",
        remedy: "choose more than 0 and at most 1")
    }
  }

  private static func sample(
    blocks: Int, of length: Int, leftCount: Int, key: RandomKey
  ) -> LeftFactorSample {
    let count = (leftCount + length - 1) / length
    guard blocks < count else { return LeftFactorSample(ranges: [0..<leftCount], weight: 1) }
    let sample = StratifiedSample(
      count: blocks, weights: [Double](repeating: 1, count: count), key: key)
    return LeftFactorSample(
      ranges: sample.members.map { $0 * length..<min(leftCount, ($0 + 1) * length) },
      weight: Double(count) / Double(blocks))
  }
}

extension Sketcher where Self == NeuronSamplingSketcher {
  /// Sampling of neurons, `fraction` of them where their Gram matrix is had without forming the sketch.
  public static func neuronSampling(fraction: Double = 0.25) -> Self { Self(fraction: fraction) }
}

/// A drawn sample of neurons, as a matrix.
private struct NeuronSample: KhatriRaoSketch, SparseSketch {
  let leftCount: Int
  let rightCount: Int

  /// The blocks of neurons, each once, and what they are multiplied by.
  private let blocks: [(range: Range<Int>, weight: Double)]
  private let picked: RowSamplingSketch

  init(_ sample: LeftFactorSample, leftCount: Int, rightCount: Int) {
    self.leftCount = leftCount
    self.rightCount = rightCount
    var squares: [(range: Range<Int>, weight: Double)] = []
    for range in sample.ranges {
      if squares.last?.range == range {
        squares[squares.count - 1].weight += sample.weight
      } else {
        squares.append((range, sample.weight))
      }
    }
    blocks = squares.map { ($0.range, $0.weight.squareRoot()) }
    let rows = blocks.map {
      $0.range.lowerBound * rightCount..<$0.range.upperBound * rightCount
    }
    picked = RowSamplingSketch(
      rows: rows.flatMap { $0 },
      weights: zip(blocks, rows).flatMap { [Double](repeating: $0.weight, count: $1.count) },
      columns: leftCount * rightCount)
  }

  var rowCount: Int { picked.rowCount }
  var columnCount: Int { picked.columnCount }
  var blockRowCount: Int { picked.blockRowCount }

  func needsBlock(_ number: Int) -> Bool { picked.needsBlock(number) }

  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    picked.accumulate(&block, number: number, lanes: lanes, into: &sum)
  }

  func accumulate<Scalar: RealScalar>(
    _ rows: Range<Int>, of vectors: SparseMatrix<Scalar>, into sums: inout MutableSpan<Scalar>
  ) {
    picked.accumulate(rows, of: vectors, into: &sums)
  }

  func apply<Scalar: RealScalar>(
    left: Span<Scalar>, right: Span<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    let lanes = Lanes.width(of: Scalar.self)
    let scaled = AlignedBuffer<Scalar>(count: rightCount * lanes)
    var span = scaled.memory.mutableSpan
    left.withUnsafeBufferPointer { left in
      result.withUnsafeMutableBufferPointer { result in
        guard let left = left.baseAddress, var target = result.baseAddress else { return }
        for (range, weight) in blocks {
          Scalar.copy(right, into: &span)
          Scalar.scale(&span, by: Scalar(weight))
          Scalar.routines.kernels.khatriRao(
            left + range.lowerBound * lanes, range.count, scaled.baseAddress, rightCount, target,
            lanes)
          target += range.count * rightCount * lanes
        }
      }
    }
  }
}
