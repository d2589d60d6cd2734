import Foundation
import OptimKit

/// The TensorSketch of Pham and Pagh (2013), a subspace embedding by the analysis of Avron, Nguyen and
/// Woodruff (2014): a CountSketch whose column a · r + b has its nonzero σ₁(a) σ₂(b) in
/// row (h₁(a) + h₂(b)) mod s. Here h₁ and h₂ are one-to-one where a factor has no more than s elements:
/// drawn independently, two of the d elements of a short factor meet with probability d²/2s, and the sketch
/// would lose a dimension for all of the long one's. The sketch of a Kronecker product l ⊗ r is the cyclic convolution of two
/// CountSketches, of l and of r.
///
/// Cost for the n Khatri-Rao rows of a Jacobian with factors of m and d elements:
/// O(n (m + s · min(d, log s))), where the products themselves have n m d elements; the convolution is
/// summed term by term where d is below about 3 log₂ s and done by Fourier transforms beyond. On other
/// matrices, O(1) per element like a CountSketch; the index is split at about √k then. Storage 4 (m + d)
/// bytes, and 16 s for roots of unity; while it is applied, m + 4 s groups of lanes on each thread.
///
/// With s = 4 k rows for k columns of A it preconditions like a Gaussian sketch where no few parameters
/// stand out, which is so for wide networks; like a CountSketch, it takes s of the order of k² to hold
/// whatever A is. Rows are rounded down to a number whose prime factors are 2, 3 and 5.
public struct TensorSketcher: KhatriRaoSketcher {
  /// Creates a sketcher.
  public init() {}

  /// "tensor".
  public var name: String { "tensor" }

  /// Draws a matrix, for columns that no factorisation is known of.
  ///
  /// - Complexity: O(√columns + rows).
  /// - Throws: `OptimKitError` where a size is not positive.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try validateSketchSize(rows: rows, columns: columns)
    let rightCount = Int(Double(columns).squareRoot().rounded(.up))
    return TensorSketch(
      rows: rows, columns: columns, leftCount: (columns + rightCount - 1) / rightCount,
      rightCount: rightCount, key: key)
  }

  /// Draws a matrix for Kronecker products of `leftCount` and `rightCount` elements.
  ///
  /// - Complexity: O(leftCount + rightCount + rows).
  /// - Throws: `OptimKitError` where a size is not positive.
  public func makeSketch(
    rows: Int, leftCount: Int, rightCount: Int, key: RandomKey
  ) throws -> any KhatriRaoSketch {
    try validateSketchSize(rows: rows, columns: leftCount)
    try validateSketchSize(rows: rows, columns: rightCount)
    try validateSketchSize(rows: rows, columns: leftCount * rightCount)
    return TensorSketch(
      rows: rows, columns: leftCount * rightCount, leftCount: leftCount, rightCount: rightCount,
      key: key)
  }

  /// 2 operations for each element of A, and 4 to find its row.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    Work(
      vectorOperations: 2 * Double(columns) * Double(vectors),
      scalarOperations: 4 * Double(columns) * Double(vectors) / 8)
  }

  /// 2 operations for each element of a left factor, and the convolution's.
  public func work(rows: Int, leftCount: Int, rightCount: Int, vectors: Int) -> Work {
    let convolution = 2 * Double(rows) * min(Double(rightCount), 3 * log2(Double(max(rows, 2))))
    return Work(vectorOperations: (2 * Double(leftCount) + convolution) * Double(vectors))
  }
}

extension Sketcher where Self == TensorSketcher {
  /// The TensorSketch, a CountSketch of Kronecker products by their factors.
  public static var tensorSketch: Self { Self() }
}

/// A drawn TensorSketch.
private struct TensorSketch: KhatriRaoSketch, SparseSketch {
  let rowCount: Int
  let columnCount: Int
  let leftCount: Int
  let rightCount: Int
  let blockRowCount = 1024

  // Twice the row of each element, plus 1 where its sign is negative.
  private let leftEntries: [UInt32]
  private let rightEntries: [UInt32]
  private let convolution: CyclicConvolution

  init(rows: Int, columns: Int, leftCount: Int, rightCount: Int, key: RandomKey) {
    let rowCount = MixedRadixTransform.largestLength(upTo: rows)
    self.rowCount = rowCount
    columnCount = columns
    self.leftCount = leftCount
    self.rightCount = rightCount
    convolution = CyclicConvolution(length: rowCount)
    leftEntries = Self.draw(leftCount, rows: rowCount, key: key)
    rightEntries = Self.draw(rightCount, rows: rowCount, key: key.with(purpose: "right factor"))
  }

  /// Rows and signs of the elements of one factor. Where there are rows enough, no two elements share one:
  /// two that do are confused beside every element of the other factor, which a short one cannot afford.
  private static func draw(_ count: Int, rows: Int, key: RandomKey) -> [UInt32] {
    var stream = key.stream()
    guard count > rows else {
      return stream.sampleWithoutReplacement(count: count, from: rows).map {
        UInt32($0) << 1 | UInt32(truncatingIfNeeded: stream.next() & 1)
      }
    }
    return (0..<count).map { _ in
      let word = stream.next()
      let row = (UInt32(truncatingIfNeeded: word >> 32).multipliedFullWidth(by: UInt32(rows))).high
      return row << 1 | UInt32(truncatingIfNeeded: word & 1)
    }
  }

  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let first = number * blockRowCount
    let count = min(blockRowCount, columnCount - first)
    block.withUnsafeMutableBufferPointer { block in
      sum.withUnsafeMutableBufferPointer { sum in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { entries in
          fill(entries, from: first)
          Scalar.routines.kernels.sparseSign(
            sum.baseAddress, lanes, block.baseAddress, count, entries.baseAddress, 1, 1)
        }
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func accumulate<Scalar: RealScalar>(
    _ rows: Range<Int>, of vectors: SparseMatrix<Scalar>, into sums: inout MutableSpan<Scalar>
  ) {
    precondition(vectors.columnCount == columnCount && sums.count == rows.count * rowCount)
    for (position, row) in rows.enumerated() {
      for place in vectors.rowOffsets[row]..<vectors.rowOffsets[row + 1] {
        let (a, b) = Int(vectors.columnIndices[place]).quotientAndRemainder(
          dividingBy: rightCount)
        let entry = entry(leftEntries[a], rightEntries[b])
        let value = vectors.values[place]
        sums[position * rowCount + Int(entry >> 1)] += entry & 1 == 0 ? value : -value
      }
    }
  }

  /// The entry of a column, from those of its factors.
  private func entry(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let sum = Int(left >> 1) + Int(right >> 1)
    return UInt32(sum < rowCount ? sum : sum - rowCount) << 1 | (left ^ right) & 1
  }

  /// The entries of columns `first` and on.
  private func fill(_ entries: UnsafeMutableBufferPointer<UInt32>, from first: Int) {
    var (a, b) = first.quotientAndRemainder(dividingBy: rightCount)
    leftEntries.withUnsafeBufferPointer { left in
      rightEntries.withUnsafeBufferPointer { right in
        for position in entries.indices {
          entries.initializeElement(at: position, to: entry(left[a], right[b]))
          b += 1
          if b == rightCount {
            b = 0
            a += 1
          }
        }
      }
    }
  }

  func apply<Scalar: RealScalar>(
    left: Span<Scalar>, right: Span<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    let kernels = Scalar.routines.kernels
    let lanes = Lanes.width(of: Scalar.self)
    let sketchedLeft = AlignedBuffer<Scalar>(count: rowCount * lanes)
    let signedRight = AlignedBuffer<Scalar>(count: rightCount * lanes)
    left.withUnsafeBufferPointer { left in
      leftEntries.withUnsafeBufferPointer {
        kernels.sparseSign(
          sketchedLeft.baseAddress, lanes, left.baseAddress, leftCount, $0.baseAddress, 1, 1)
      }
    }
    for (b, entry) in rightEntries.enumerated() {
      let sign: Scalar = entry & 1 == 0 ? 1 : -1
      for lane in 0..<lanes {
        signedRight.memory[b * lanes + lane] = sign * right[b * lanes + lane]
      }
    }
    result.withUnsafeMutableBufferPointer {
      convolution.apply(
        UnsafePointer(sketchedLeft.baseAddress), UnsafePointer(signedRight.baseAddress),
        at: rightEntries.map { Int($0 >> 1) }, into: $0.baseAddress!)
    }
  }
}
