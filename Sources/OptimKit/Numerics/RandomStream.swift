/// A sequential generator of the numbers of one ``RandomKey``.
///
/// The key and the place in its sequence are the whole state: a stream that is encoded and decoded
/// goes on with the same values. As a `RandomNumberGenerator` it also drives the standard library,
/// whose algorithms may change between releases; the operations here do not.
public struct RandomStream: RandomNumberGenerator, Hashable, Sendable {
  /// The key whose numbers the stream returns.
  public let key: RandomKey
  /// The position of the block that holds the next word.
  public private(set) var position: UInt64
  /// The second word of that block, once the first has been returned.
  private var secondWord: UInt64?

  init(key: RandomKey, position: UInt64) {
    self.key = key
    self.position = position
  }

  /// Returns the next 64 random bits.
  ///
  /// - Complexity: O(1).
  public mutating func next() -> UInt64 {
    if let word = secondWord {
      secondWord = nil
      position &+= 1
      return word
    }
    let words = key.words(at: position)
    secondWord = words.1
    return words.0
  }

  /// Returns a value that is uniform on 0 ..< 1; takes one word.
  ///
  /// - Parameter type: The scalar type, inferred by default. `Double` values have 53 random bits and
  ///   `Float` values the leading 24 of them.
  /// - Complexity: O(1).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func uniform<Scalar: BinaryFloatingPoint>(
    as type: Scalar.Type = Scalar.self
  ) -> Scalar {
    unitUniform(next())
  }

  /// Returns a standard normal value; takes two words.
  ///
  /// To draw many, ``RandomKey/fillNormal(_:from:)`` is many times as fast.
  ///
  /// - Parameter type: The scalar type, inferred by default. `Float` values are the `Double` values,
  ///   rounded.
  /// - Complexity: O(1).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func normal<Scalar: BinaryFloatingPoint>(
    as type: Scalar.Type = Scalar.self
  ) -> Scalar {
    let first = next()
    return Scalar(boxMuller(first, next()).0)
  }

  /// Returns −1 or +1 with equal probability; takes one word.
  ///
  /// - Parameter type: The scalar type, inferred by default.
  /// - Complexity: O(1).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public mutating func rademacher<Scalar: BinaryFloatingPoint>(
    as type: Scalar.Type = Scalar.self
  ) -> Scalar {
    next() >> 63 == 0 ? 1 : -1
  }

  /// Returns an integer that is exactly uniform on 0 ..< `bound`.
  ///
  /// - Parameter bound: The end of the range.
  /// - Precondition: `bound` is positive.
  /// - Complexity: O(1) expected; takes one word almost always.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval", ACM Transactions on Modeling and
  /// Computer Simulation 29 (2019).
  public mutating func uniformInteger(below bound: Int) -> Int {
    precondition(bound > 0, "the bound of a random integer must be positive")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return Int(product.high)
  }

  /// Returns distinct indices below a population size, in ascending order; every subset is equally
  /// likely.
  ///
  /// - Parameters:
  ///   - count: How many indices to draw.
  ///   - population: The number of indices to draw from.
  /// - Precondition: 0 ≤ `count` ≤ `population`.
  /// - Complexity: O(`count` · log `count`) time, and O(`count`) memory whatever the population.
  ///
  /// Source: Bentley and Floyd, "A sample of brilliance", Communications of the ACM 30 (1987).
  public mutating func sampleWithoutReplacement(count: Int, from population: Int) -> [Int] {
    precondition(
      0 <= count && count <= population,
      "a sample without replacement must not be larger than its population")
    var sample: [Int] = []
    sample.reserveCapacity(count)
    if count <= 32 {
      for candidate in (population - count)..<population {
        let index = uniformInteger(below: candidate + 1)
        sample.append(sample.contains(index) ? candidate : index)
      }
    } else {
      var members = Set<Int>(minimumCapacity: count)
      for candidate in (population - count)..<population {
        let index = uniformInteger(below: candidate + 1)
        let isNew = members.insert(index).inserted
        if !isNew { members.insert(candidate) }
        sample.append(isNew ? index : candidate)
      }
    }
    sample.sort()
    return sample
  }

  /// Shuffles an array in place; every order is equally likely.
  ///
  /// - Complexity: O(n) for n elements; takes n − 1 words almost always.
  ///
  /// Source: Fisher and Yates; Durstenfeld, "Algorithm 235: Random permutation", Communications of the
  /// ACM 7 (1964).
  @inlinable
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, uniformInteger(below: last + 1))
    }
  }
}

extension RandomStream: Codable {
  private enum CodingKeys: String, CodingKey {
    case key, position, startsAtSecondWord
  }

  /// Restores a stream, which goes on with the values that the encoded one would have returned.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      key: try container.decode(RandomKey.self, forKey: .key),
      position: try container.decode(UInt64.self, forKey: .position))
    if try container.decode(Bool.self, forKey: .startsAtSecondWord) {
      secondWord = key.words(at: position).1
    }
  }

  /// Encodes the key and the place in its sequence.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(key, forKey: .key)
    try container.encode(position, forKey: .position)
    try container.encode(secondWord != nil, forKey: .startsAtSecondWord)
  }
}
