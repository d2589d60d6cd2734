/// The counter-based generator Philox4x32-10: a pure function from a counter and a key to 128 random
/// bits.
///
/// Every output can be computed on its own, in any order and on any thread, so results do not depend
/// on how the work is divided. ``RandomKey`` gives the counter words their meaning in this library.
///
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, and
/// the published test vectors of their library Random123.
public enum Philox4x32 {
  private static let multipliers = (first: UInt32(0xD251_1F53), second: UInt32(0xCD9E_8D57))
  private static let keyIncrement = SIMD2<UInt32>(0x9E37_79B9, 0xBB67_AE85)
  private static let roundCount = 10

  /// Returns the four random words that belong to a counter and a key, after ten rounds.
  ///
  /// - Parameters:
  ///   - counter: The position in the sequence, least significant word first.
  ///   - key: The sequence; keys that differ in one bit give unrelated sequences.
  /// - Returns: Four independent words, each uniform on 0 ... 2³² − 1.
  /// - Complexity: O(1), about twenty multiplications.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var words = counter
    var key = key
    for _ in 0..<roundCount {
      let first = multipliers.first.multipliedFullWidth(by: words[0])
      let second = multipliers.second.multipliedFullWidth(by: words[2])
      words = SIMD4(
        second.high ^ words[1] ^ key[0], second.low,
        first.high ^ words[3] ^ key[1], first.low)
      key &+= keyIncrement
    }
    return words
  }
}
