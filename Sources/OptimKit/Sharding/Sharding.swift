/// How a problem is held in parts: its samples or its parameters, whichever are many, are cut into one range for each
/// rank.
///
/// One rule: shard the long side, communicate only the short side.
///
/// | | samples are many | parameters are many |
/// |---|---|---|
/// | each rank holds | its samples, and all parameters | its parameters, and all samples |
/// | summed over ranks | the loss, Jᵀu, JᵀDJv, JᵀDJ | the outputs, Jδ, JJᵀu, JJᵀ |
/// | elements in a sum | p, or p² | n, or n² |
///
/// What is as long as the short side is on every rank, the same bits; iterations there are made on all of them. A vector
/// as long as the long side exists as parts alone.
public struct Sharding: Sendable {
  /// What is held in parts.
  public enum Side: String, Hashable, Sendable, Codable {
    /// Samples: rows of the Jacobian.
    case samples
    /// Parameters: columns of the Jacobian.
    case parameters
  }

  /// What is held in parts.
  public let side: Side
  /// The part of this rank, of 0 ..< `wholeCount`; it may be empty.
  public let range: Range<Int>
  /// The number of samples, or of groups of parameters that stay together, over all ranks.
  public let wholeCount: Int
  /// Outputs of a sample, or parameters of a group.
  public let unitLength: Int
  /// Sums over the ranks.
  public let reduction: any Reduction
  /// Counts what is summed.
  let meter: CommunicationMeter

  /// Describes the part of this rank. All ranks make it together.
  ///
  /// - Parameters:
  ///   - side: What is held in parts.
  ///   - range: The samples, or groups of parameters, that this rank holds.
  ///   - wholeCount: The number of them over all ranks.
  ///   - unitLength: Outputs of a sample, or parameters of a group such as the weights of a neuron; 1 by default.
  ///   - reduction: Sums over the ranks.
  /// - Throws: `OptimKitError` on all ranks where the parts do not make up the whole in the order of ranks.
  public init(
    _ side: Side, range: Range<Int>, of wholeCount: Int, unitLength: Int = 1,
    reduction: any Reduction
  ) throws {
    self.side = side
    self.range = range
    self.wholeCount = wholeCount
    self.unitLength = unitLength
    self.reduction = reduction
    meter = CommunicationMeter()
    try reduction.requireSame(
      "\(wholeCount) \(side.rawValue), \(unitLength) each", "the size of the problem")
    let starts = try reduction.gather(Double(range.lowerBound)).map { Int($0) }
    let ends = try reduction.gather(Double(range.upperBound)).map { Int($0) }
    var end = 0
    for rank in 0..<reduction.rankCount {
      guard starts[rank] == end, ends[rank] >= end else {
        throw Self.gap(at: end, starts, ends, side)
      }
      end = ends[rank]
    }
    guard end == wholeCount, wholeCount > 0, unitLength > 0 else {
      throw Self.gap(at: end, starts, ends, side)
    }
  }

  /// Another part of the same kind, without a check: of a batch, whose samples all ranks know.
  init(_ whole: Sharding, range: Range<Int>, of wholeCount: Int) {
    side = whole.side
    self.range = range
    self.wholeCount = wholeCount
    unitLength = whole.unitLength
    reduction = whole.reduction
    meter = whole.meter
  }

  /// Cuts `wholeCount` samples, or groups of parameters, into parts whose lengths differ by at most one.
  ///
  /// - Throws: `OptimKitError` on all ranks where they were given different numbers.
  public init(
    _ side: Side, of wholeCount: Int, unitLength: Int = 1, reduction: any Reduction
  ) throws {
    try self.init(
      side, range: Self.evenRange(of: wholeCount, reduction), of: wholeCount,
      unitLength: unitLength, reduction: reduction)
  }

  /// The part of a rank where `wholeCount` things are cut into parts whose lengths differ by at most one.
  public static func evenRange(of wholeCount: Int, _ reduction: any Reduction) -> Range<Int> {
    ThreadPool.piece(reduction.rank, of: reduction.rankCount, in: 0..<wholeCount)
  }

  /// What was summed so far.
  public var communication: [CommunicationKind: CommunicationCount] { meter.counts }

  /// The elements of the long side that this rank holds.
  var elements: Range<Int> { range.lowerBound * unitLength..<range.upperBound * unitLength }

  /// The number of elements of the long side over all ranks.
  var elementCount: Int { wholeCount * unitLength }

  /// x ← Σ x over the ranks; counted as `kind`.
  ///
  /// - Throws: `OptimKitError` where a rank has given up.
  func sum<Scalar: RealScalar>(_ x: inout MutableSpan<Scalar>, _ kind: CommunicationKind) throws {
    let clock = ContinuousClock()
    let start = clock.now
    try reduction.sum(&x)
    meter.add(kind, bytes: x.count * MemoryLayout<Scalar>.stride, clock.now - start)
  }

  /// Σ value over the ranks.
  ///
  /// - Throws: `OptimKitError` where a rank has given up.
  func sum<Scalar: RealScalar>(_ value: Scalar, _ kind: CommunicationKind = .scalars) throws
    -> Scalar
  {
    var values = [value]
    var span = values.mutableSpan
    try sum(&span, kind)
    return values[0]
  }

  /// Calls `body`, and tells all ranks where it throws: others would wait for this one for ever.
  func orAbandon<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      if !(error is CancellationError) { reduction.abandon(because: error) }
      throw error
    }
  }

  private static func gap(
    at end: Int, _ starts: [Int], _ ends: [Int], _ side: Side
  ) -> OptimKitError {
    let parts = zip(starts, ends).map { "\($0)..<\($1)" }.joined(separator: ", ")
    return OptimKitError(
      .invalidArgument,
      cause:
        "the parts of the ranks, \(parts), leave out or repeat \(side.rawValue) from \(end) on",
      remedy: "give each rank the part that follows that of the rank before, up to the whole")
  }
}
