/// An amount of work, told apart by what limits its speed: from counts of operations, never from a clock.
///
/// ``MachineRates`` turns it into seconds. Counts need not be exact: they are there to choose between ways of
/// doing the same thing that differ by factors.
public struct Work: Hashable, Sendable, Codable {
  /// Floating-point operations at the speed of matrix products and factorizations.
  public var matrixOperations: Double
  /// Floating-point operations on vectors in cache, one or two for each load.
  public var vectorOperations: Double
  /// Bytes read from or written to main memory.
  public var streamedBytes: Double
  /// Pairs of bits ANDed and counted.
  public var bitOperations: Double
  /// Operations on single elements, one after the other.
  public var scalarOperations: Double

  /// Creates an amount of work.
  public init(
    matrixOperations: Double = 0, vectorOperations: Double = 0, streamedBytes: Double = 0,
    bitOperations: Double = 0, scalarOperations: Double = 0
  ) {
    self.matrixOperations = matrixOperations
    self.vectorOperations = vectorOperations
    self.streamedBytes = streamedBytes
    self.bitOperations = bitOperations
    self.scalarOperations = scalarOperations
  }

  /// No work.
  public static var none: Self { Self() }

  /// Both, one after the other.
  public static func + (left: Self, right: Self) -> Self {
    Self(
      matrixOperations: left.matrixOperations + right.matrixOperations,
      vectorOperations: left.vectorOperations + right.vectorOperations,
      streamedBytes: left.streamedBytes + right.streamedBytes,
      bitOperations: left.bitOperations + right.bitOperations,
      scalarOperations: left.scalarOperations + right.scalarOperations)
  }

  /// The same work `count` times.
  public static func * (count: Double, work: Self) -> Self {
    Self(
      matrixOperations: count * work.matrixOperations,
      vectorOperations: count * work.vectorOperations,
      streamedBytes: count * work.streamedBytes, bitOperations: count * work.bitOperations,
      scalarOperations: count * work.scalarOperations)
  }

  /// Reading `bytes` again and again, with `operations` on what is read: from the last-level cache where it
  /// stays there from one time to the next, 16 MB, half of what processors for computing have today.
  public static func reading(bytes: Double, operations: Double) -> Self {
    bytes <= 16e6 ? Self(vectorOperations: operations) : Self(streamedBytes: bytes)
  }
}
