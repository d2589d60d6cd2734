import Foundation
import OptimKit
import Testing

/// The vectors are those of `kat_vectors` in Random123 for `philox4x32 10`.
@Suite struct PhiloxTests {
  @Test(arguments: [
    (
      SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
      SIMD4<UInt32>(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
    ),
    (
      SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
      SIMD4<UInt32>(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
    ),
    (
      SIMD4<UInt32>(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
      SIMD2<UInt32>(0xA409_3822, 0x299F_31D0),
      SIMD4<UInt32>(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
    ),
  ])
  func publishedVectors(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox4x32.block(counter: counter, key: key) == expected)
  }

  /// The layout of counter and key is part of the promise that a seed gives the same numbers.
  @Test func keyFillsCounterAndKeyWords() {
    let key = RandomKey(seed: 0x299F_31D0_A409_3822, purpose: "foobar", iteration: 0x0370_7344)
    // 0xBF9CF968 is the published 32-bit FNV-1a hash of "foobar".
    let expected = Philox4x32.block(
      counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0xBF9C_F968, 0x0370_7344),
      key: SIMD2(0xA409_3822, 0x299F_31D0))
    #expect(key.block(at: 0x85A3_08D3_243F_6A88) == expected)
  }

  @Test func iterationIsTakenModuloTwoToThe32() {
    let key = RandomKey(seed: 1, purpose: .sketch)
    #expect(key.iteration == 0)
    #expect(key.with(iteration: 1 << 32) == key)
    #expect(key.with(iteration: -1).iteration == Int(UInt32.max))
  }

  @Test func everyPartOfAKeyChangesItsNumbers() {
    let key = RandomKey(seed: 1, purpose: .sketch, iteration: 1)
    let keys = [
      key, key.with(iteration: 2), key.with(purpose: .data), key.with(purpose: .split),
      key.with(purpose: .signs), key.with(purpose: .initialWeights),
      RandomKey(seed: 2, purpose: .sketch, iteration: 1),
      RandomKey(seed: 1 | 1 << 32, purpose: .sketch, iteration: 1),
    ]
    let count = 4096
    let samples = keys.map { key in
      var stream = key.stream()
      return (0..<count).map { _ in stream.next() }
    }
    #expect(Set(samples.joined()).count == keys.count * count)
    for first in samples.indices {
      for second in samples.indices where second > first {
        // Of 64 · 4096 bits, half should agree, to within five standard deviations.
        let agreeing = zip(samples[first], samples[second]).reduce(0) {
          $0 + (~($1.0 ^ $1.1)).nonzeroBitCount
        }
        let bitCount = Double(64 * count)
        #expect(abs(Double(agreeing) - bitCount / 2) < 2.5 * bitCount.squareRoot())
      }
    }
  }

  @Test func derivedKeysKeepTheOtherParts() {
    let key = RandomKey(seed: 9, purpose: .data, iteration: 4)
    #expect(
      key.with(purpose: .split) == RandomKey(seed: 9, purpose: .split, iteration: 4))
    #expect(key.with(iteration: 5) == RandomKey(seed: 9, purpose: .data, iteration: 5))
  }

  @Test func keySurvivesEncoding() throws {
    let key = RandomKey(seed: .max, purpose: "my purpose", iteration: Int(UInt32.max))
    let data = try JSONEncoder().encode(key)
    let restored = try JSONDecoder().decode(RandomKey.self, from: data)
    #expect(restored == key)
    #expect(restored.block(at: 3) == key.block(at: 3))
    let purpose = try JSONDecoder().decode(
      [RandomKey.Purpose].self, from: Data(#"["sketch"]"#.utf8))
    #expect(purpose == [.sketch])
  }
}
