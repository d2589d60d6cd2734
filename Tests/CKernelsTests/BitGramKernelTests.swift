import CKernels
import Testing

/// The bit Gram kernel of every level against counting bit by bit; nothing is rounded.
@Suite struct BitGramKernelTests {
  struct Shape: CustomStringConvertible, Sendable {
    let n: Int
    let words: Int
    var description: String { "n \(n), \(words) words" }
  }

  /// Sizes around the register blocks, the tile of 64 rows, the vectors and the chunk of 512 words.
  static let shapes =
    [1, 5, 7, 65, 130].flatMap { n in [1, 2, 4, 9, 33].map { Shape(n: n, words: $0) } }
    + [Shape(n: 7, words: 515), Shape(n: 3, words: 1024)]

  @Test(arguments: shapes)
  func everyLevelCountsCommonBits(shape: Shape) {
    var random = TestRandom(seed: shape.n + 1000 * shape.words)
    let bits = (0..<shape.n * shape.words).map { _ in random.word() }
    let negative = (0..<shape.words).map { _ in random.word() }
    let inner = random.integers(shape.n * shape.n)
    for signs in [nil, negative] {
      let counts = Self.counts(bits, shape, signs)
      for variant in KernelVariant.supported {
        check(bits, shape, signs, inner, counts, variant, variant.scalar)
      }
    }
  }

  private static func counts(_ bits: [UInt64], _ shape: Shape, _ negative: [UInt64]?) -> [Int] {
    var result = [Int](repeating: 0, count: shape.n * shape.n)
    for i in 0..<shape.n {
      for j in 0..<shape.n {
        var count = 0
        for w in 0..<shape.words {
          let both = bits[i * shape.words + w] & bits[j * shape.words + w]
          let minus = negative.map { both & $0[w] } ?? 0
          count += (both & ~minus).nonzeroBitCount - minus.nonzeroBitCount
        }
        result[i * shape.n + j] = count
      }
    }
    return result
  }

  private func check<T: KernelScalar>(
    _ bits: [UInt64], _ shape: Shape, _ negative: [UInt64]?, _ inner: [Double], _ counts: [Int],
    _ variant: KernelVariant, _: T.Type
  ) {
    let n = shape.n
    let (rowStride, columnStride) = (3 * n + 2, 3)
    let untouched: T = -0.125
    let result = Aligned<T>(repeating: untouched, count: n * rowStride)
    let inner = inner.map { T($0) }
    let middle = n / 2
    for rows in [middle..<n, 0..<middle] {
      T.kernels(variant.level).bitGram(
        bits, n, shape.words, negative, inner, 0.5, rows.lowerBound, rows.upperBound, result.start,
        rowStride, columnStride)
    }
    var wrong = 0
    for i in 0..<n {
      for element in 0..<rowStride {
        let j = element / columnStride
        let isWritten = element % columnStride == 0 && j <= i
        let expected = isWritten ? inner[i * n + j] * T(counts[i * n + j]) / 2 : untouched
        if result.memory[i * rowStride + element] != expected { wrong += 1 }
      }
    }
    #expect(wrong == 0, "\(variant), \(negative == nil ? "one sign" : "two signs")")
  }
}
