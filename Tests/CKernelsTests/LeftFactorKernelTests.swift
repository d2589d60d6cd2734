import CKernels
import Testing

/// Left factors in lanes, at every level, bit by bit; nothing is rounded.
@Suite struct LeftFactorKernelTests {
  /// From rows and neurons on either side of a word, over several words, to fewer rows than lanes.
  @Test(arguments: KernelVariant.supported)
  func everyBitBecomesASignedScale(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      var random = TestRandom(seed: 7)
      let (samples, words) = (19, 4)
      for outputs in [1, 3] {
        let bits = (0..<samples * words).map { _ in random.word() }
        let negative = (0..<outputs * words).map { _ in random.word() }
        var network = optimkit_relu()
        network.samples = samples
        network.outputs = outputs
        network.words = words
        network.neurons = 64 * words - 5
        network.scale = 0.25
        for lanes in [T.laneGroup, 3 * T.laneGroup] {
          for (firstRow, count) in [(0, lanes), (2, lanes - 1), (5, 1), (1, lanes / 2 + 1)]
          where firstRow + count <= samples * outputs {
            for (first, rows) in [(0, 64), (0, 1), (31, 3), (63, 66), (7, 200), (200, 51)] {
              let block = Aligned<T>(repeating: .nan, count: rows * lanes)
              T.kernels(variant.level).leftFactors(
                &network, bits, negative, firstRow, count, first, block.start, rows, lanes)
              let wrong = block.memory.indices.filter { index in
                let (q, lane) = index.quotientAndRemainder(dividingBy: lanes)
                let (sample, output) = (firstRow + lane).quotientAndRemainder(dividingBy: outputs)
                func isSet(_ words: [UInt64], _ row: Int) -> Bool {
                  words[row * network.words + (first + q) / 64] >> UInt64((first + q) % 64) & 1 == 1
                }
                let isActive = lane < count && isSet(bits, sample)
                let expected: T = !isActive ? 0 : isSet(negative, output) ? -0.25 : 0.25
                return block.memory[index] != expected
              }
              #expect(
                wrong == [],
                "\(outputs) outputs, rows \(firstRow) + \(count), neurons \(first) + \(rows)")
            }
          }
        }
      }
    }
    check(variant.scalar)
  }
}
