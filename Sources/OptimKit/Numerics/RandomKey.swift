/// The name of one independent source of random numbers: a seed, a purpose and an iteration.
///
/// A key has no state. Equal keys give equal numbers; keys that differ in any part give unrelated
/// ones, so a new consumer of randomness takes a new purpose instead of advancing a shared generator,
/// and changes nobody else's numbers. The seed is the key of ``Philox4x32``. Of its counter, words 0
/// and 1 hold the block position, word 2 the hash of the purpose and word 3 the iteration.
public struct RandomKey: Hashable, Sendable {
  /// The seed that the user chooses.
  public let seed: UInt64
  /// What the numbers are for.
  public let purpose: Purpose
  private let iterationWord: UInt32

  /// The iteration the numbers are for, in 0 ..< 2³².
  public var iteration: Int { Int(iterationWord) }

  /// Creates a key from its parts.
  ///
  /// - Parameters:
  ///   - seed: The seed that the user chooses; every value is as good as any other.
  ///   - purpose: What the numbers are for.
  ///   - iteration: The iteration they are for, taken modulo 2³²; 0 by default.
  public init(seed: UInt64, purpose: Purpose, iteration: Int = 0) {
    self.seed = seed
    self.purpose = purpose
    self.iterationWord = UInt32(truncatingIfNeeded: iteration)
  }

  /// Returns the key with the same seed and purpose for another iteration, taken modulo 2³².
  public func with(iteration: Int) -> RandomKey {
    RandomKey(seed: seed, purpose: purpose, iteration: iteration)
  }

  /// Returns the key with the same seed and iteration for another purpose.
  public func with(purpose: Purpose) -> RandomKey {
    RandomKey(seed: seed, purpose: purpose, iteration: iteration)
  }

  /// Returns the 128 random bits at a position of this key's sequence.
  ///
  /// - Parameter position: The block position; all 2⁶⁴ positions are distinct.
  /// - Complexity: O(1), whatever the position.
  public func block(at position: UInt64) -> SIMD4<UInt32> {
    Philox4x32.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
        purpose.hash, iterationWord),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  /// Words 2 and 3 of the counter.
  var counterHigh: UInt64 { UInt64(purpose.hash) | UInt64(iterationWord) << 32 }

  /// Returns the block at a position as two 64-bit words, the first from the first two lanes.
  func words(at position: UInt64) -> (UInt64, UInt64) {
    let block = block(at: position)
    return (
      UInt64(block[0]) | UInt64(block[1]) << 32, UInt64(block[2]) | UInt64(block[3]) << 32
    )
  }

  /// Returns a sequential generator of this key's numbers.
  ///
  /// - Parameter position: The block position to start from, 0 by default; a block holds two 64-bit
  ///   words.
  public func stream(from position: UInt64 = 0) -> RandomStream {
    RandomStream(key: self, position: position)
  }
}

extension RandomKey: Codable {
  private enum CodingKeys: String, CodingKey {
    case seed
    case purpose
    case iterationWord = "iteration"
  }
}

extension RandomKey {
  /// What random numbers are for, so that two consumers of one seed never share numbers.
  ///
  /// Add purposes in an extension, or write a string literal in place:
  ///
  ///     let key = RandomKey(seed: 7, purpose: "dropout")
  ///
  /// The 32-bit FNV-1a hash of the name selects the sequence, so renaming a purpose changes its
  /// numbers.
  public struct Purpose: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
    /// The name of the purpose.
    public let rawValue: String
    /// The 32-bit FNV-1a hash of the name's UTF-8 bytes.
    let hash: UInt32

    /// Creates a purpose from its name.
    public init(rawValue: String) {
      self.rawValue = rawValue
      self.hash = rawValue.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }

    /// Creates a purpose from its name.
    public init(stringLiteral name: String) {
      self.init(rawValue: name)
    }

    /// The weights that training starts from.
    public static let initialWeights: Purpose = "initialWeights"
    /// Random signs, such as the fixed output layer of a two-layer network.
    public static let signs: Purpose = "signs"
    /// Sketching matrices.
    public static let sketch: Purpose = "sketch"
    /// The division of data into training and test samples.
    public static let split: Purpose = "split"
    /// Synthetic data.
    public static let data: Purpose = "data"
  }
}
