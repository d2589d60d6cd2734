import Foundation
import OptimKit

/// The subsampled randomized Hadamard transform S = √(K/s) P H D, the fast Johnson-Lindenstrauss transform
/// of arXiv 2006.11648: D flips signs at random, H is the orthonormal Walsh-Hadamard transform of length
/// K = 2^⌈log₂ k⌉ (shorter columns are padded with zeros), and P keeps s of the K rows, sampled without
/// replacement.
///
/// Cost O(log b + s/b) per element of A with blocks of b = 2¹³ rows: each block is transformed in cache,
/// and the sampled rows add the blocks up with the signs of the missing transform stages. Storage one bit
/// per column of S, and s row numbers. With s = K the sketch is an isometry.
public struct SRHTSketcher: Sketcher {
  /// Creates a sketcher.
  public init() {}

  /// "srht".
  public var name: String { "srht" }

  /// Draws a transform of up to `rows` rows; no more than the padded length can be drawn.
  ///
  /// - Complexity: O(columns / 64 + rows log rows).
  /// - Throws: `OptimKitError` where a size is not positive.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try validateSketchSize(rows: rows, columns: columns)
    return SRHTSketch(rows: rows, columns: columns, key: key)
  }

  /// log b + 2 s/b operations for each element of A.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    let block = min(8192, Double(columns))
    let operations = log2(max(block, 2)) + 2 * Double(rows) / block
    return Work(vectorOperations: operations * Double(columns) * Double(vectors))
  }
}

extension Sketcher where Self == SRHTSketcher {
  /// The subsampled randomized Hadamard transform.
  public static var srht: Self { Self() }
}

/// A drawn transform.
private struct SRHTSketch: Sketch {
  let rowCount: Int
  let columnCount: Int
  private let logBlock: Int
  private let sampledRows: [UInt64]
  private let signBits: [UInt64]

  var blockRowCount: Int { 1 << logBlock }

  init(rows: Int, columns: Int, key: RandomKey) {
    let logLength = columns == 1 ? 0 : Int.bitWidth - (columns - 1).leadingZeroBitCount
    rowCount = min(rows, 1 << logLength)
    columnCount = columns
    // 2¹³ rows of 64 bytes fit a second-level cache.
    logBlock = min(13, logLength)
    var stream = key.stream()
    signBits = (0..<(columns + 63) / 64).map { _ in stream.next() }
    sampledRows = stream.sampleWithoutReplacement(count: rowCount, from: 1 << logLength)
      .map(UInt64.init)
  }

  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let kernels = Scalar.routines.kernels
    let first = number * blockRowCount
    let rows = min(blockRowCount, columnCount - first)
    let scale = 1 / Scalar(rowCount).squareRoot()
    block.withUnsafeMutableBufferPointer { block in
      sum.withUnsafeMutableBufferPointer { sum in
        signBits.withUnsafeBufferPointer {
          kernels.flipSigns(block.baseAddress, rows, lanes, $0.baseAddress, UInt64(first))
        }
        kernels.hadamard(block.baseAddress, logBlock, lanes)
        sampledRows.withUnsafeBufferPointer {
          kernels.hadamardGather(
            sum.baseAddress, $0.baseAddress, rowCount, lanes, block.baseAddress, logBlock,
            UInt64(number), scale)
        }
      }
    }
  }
}
