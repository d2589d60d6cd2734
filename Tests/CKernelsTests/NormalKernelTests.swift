import CKernels
import Foundation
import Testing

/// Normal numbers at every level: Box and Muller's formula with the C library's functions, and the same bits
/// at all levels.
@Suite struct NormalKernelTests {
  @Test func pairsFollowBoxAndMuller() {
    var random = TestRandom(seed: 11)
    var words = (0..<20_000).map { _ in (random.word(), random.word()) }
    // The ends of the logarithm's range, small arguments, and the multiples of an eighth turn and beside them.
    let ends: [UInt64] = [0, 1 << 11, .max, .max - 1 << 11, 1 << 63]
    let turns = (0..<8).flatMap { eighth -> [UInt64] in
      let turn = UInt64(eighth) << 61
      return [turn, turn &+ 1 << 11, turn &- 1 << 11]
    }
    words += ends.flatMap { end in turns.map { (end, $0) } }
    words += (0..<53).map { (random.word() >> UInt64($0), random.word() >> UInt64($0)) }
    var worst = 0.0
    for (first, second) in words {
      var pair = [0.0, 0.0]
      optimkit_normal_pair(first, second, &pair)
      let radius = (-2 * log(Double(first >> 11 + 1) * 0x1p-53)).squareRoot()
      let angle = 2 * Double.pi * Double(second >> 11) * 0x1p-53
      worst = max(worst, abs(pair[0] - radius * cos(angle)) / max(radius, 0x1p-60))
      worst = max(worst, abs(pair[1] - radius * sin(angle)) / max(radius, 0x1p-60))
    }
    // The reference rounds the angle, of up to 2 pi.
    #expect(worst < 0x1p-50)
  }

  /// Offsets within a pair, within a vector and a chunk of 128, and counts on either side of these.
  @Test func everyLevelGivesTheNumbersOfTheSequence() {
    let (seed, stream): (UInt64, UInt64) = (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210)
    for start: UInt64 in [0, 1 << 33 - 100] {
      let whole = [Double](unsafeUninitializedCapacity: 700) { buffer, count in
        Double.kernels(OPTIMKIT_LEVEL_PORTABLE).normal(seed, stream, start, 700, buffer.baseAddress)
        count = 700
      }
      #expect(Set(whole).count == 700)
      for variant in KernelVariant.supported {
        check(whole, seed, stream, start, variant, variant.scalar)
      }
    }
  }

  private func check<T: KernelScalar>(
    _ whole: [Double], _ seed: UInt64, _ stream: UInt64, _ start: UInt64, _ variant: KernelVariant,
    _: T.Type
  ) {
    for offset in [0, 1, 2, 7, 128, 131] {
      for count in [0, 1, 2, 15, 16, 17, 127, 128, 129, 500] {
        let result = Aligned<T>(repeating: -99, count: count + 1)
        T.kernels(variant.level).normal(
          seed, stream, start + UInt64(offset), count, result.start)
        let expected = whole[offset..<offset + count].map { T($0) } + [-99]
        #expect(Array(result.memory) == expected, "\(variant), \(count) from \(offset)")
      }
    }
  }
}
