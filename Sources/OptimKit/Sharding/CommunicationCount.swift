import Synchronization

/// What a sum over ranks is for.
public enum CommunicationKind: String, CaseIterable, Hashable, Sendable, Codable,
  CodingKeyRepresentable
{
  /// Losses, and the outputs of a model whose parameters are held in parts.
  case model
  /// Products with the Jacobian, its transpose and the normal matrix; gradients.
  case products
  /// Normal matrices.
  case gram
  /// Sketches.
  case sketch
  /// Norms, dot products, decisions.
  case scalars
}

/// How often ranks have summed, what this one passed on, and how long that took.
public struct CommunicationCount: Hashable, Sendable, Codable {
  /// The number of sums.
  public var sums = 0
  /// Bytes that this rank brought into them. What a network carries is that times the factor of the algorithm, about 2.
  public var bytes = 0
  /// Seconds, waiting for slower ranks included.
  public var seconds = 0.0

  /// None so far.
  public init() {}

  /// Both together.
  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.sums += b.sums
    sum.bytes += b.bytes
    sum.seconds += b.seconds
    return sum
  }

  /// What came on top.
  public static func - (a: Self, b: Self) -> Self {
    var difference = a
    difference.sums -= b.sums
    difference.bytes -= b.bytes
    difference.seconds -= b.seconds
    return difference
  }
}

/// Counts the sums of one sharding.
final class CommunicationMeter: Sendable {
  private let state = Mutex<[CommunicationKind: CommunicationCount]>([:])

  var counts: [CommunicationKind: CommunicationCount] { state.withLock { $0 } }

  func add(_ kind: CommunicationKind, bytes: Int, _ duration: Duration) {
    state.withLock {
      $0[kind, default: CommunicationCount()].sums += 1
      $0[kind]?.bytes += bytes
      $0[kind]?.seconds += duration.inSeconds
    }
  }
}
