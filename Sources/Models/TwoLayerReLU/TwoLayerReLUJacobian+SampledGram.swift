import OptimKit

extension TwoLayerReLUJacobian: SampledGram {
  /// Lower triangle of result ← the part of J Jᵀ that neurons `ranges` have, by the bits of these neurons alone.
  ///
  /// - Complexity: O(n² m' / 64) word operations per pair of outputs for m' neurons in ranges of whole words of
  ///   64, and O(n² d) once for X Xᵀ.
  public func computeGram(
    ofLeftElements ranges: [Range<Int>], into result: inout MutableSpan<Scalar>
  ) {
    precondition(
      ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= network.width },
      "ranges are of neurons")
    let places = ranges.flatMap(MaskedWord.covering)
    let samples = network.sampleCount
    var words = [UInt64](repeating: 0, count: samples * places.count)
    words.withUnsafeMutableBufferPointer { words in
      let words = Shared(words)
      let blockLength = 64
      ThreadPool.forEachBlock((samples + blockLength - 1) / blockLength) { block in
        for sample in block * blockLength..<min(samples, (block + 1) * blockLength) {
          let source = sample * bits.wordsPerSample
          for (position, place) in places.enumerated() {
            words.pointer[sample * places.count + position] =
              bits.words[source + place.number] & place.mask
          }
        }
      }
    }
    words.withUnsafeBufferPointer { words in
      computeGram(
        words: words.baseAddress, wordsPerSample: places.count,
        negative: { first, second in
          let all = negativeProducts(first, second)
          return places.map { all[$0.number] }
        }, into: &result)
    }
  }
}

/// Some of the bits of a word.
private struct MaskedWord: Sendable {
  var number: Int
  var mask: UInt64

  /// The words that hold bits `range`, of which there are those bits.
  static func covering(_ range: Range<Int>) -> [MaskedWord] {
    guard !range.isEmpty else { return [] }
    return (range.lowerBound / 64...(range.upperBound - 1) / 64).map { number in
      let lower = max(0, range.lowerBound - number * 64)
      let upper = min(64, range.upperBound - number * 64)
      return MaskedWord(
        number: number, mask: (UInt64.max >> UInt64(64 - (upper - lower))) << UInt64(lower))
    }
  }
}
