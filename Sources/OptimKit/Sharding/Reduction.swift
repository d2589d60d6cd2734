/// Adds up what the ranks of a run have computed, each on its own part of the data or the parameters.
///
/// A rank is one of `rankCount` holders of parts that make the same calls in the same order: processes under MPI, threads
/// in tests. OptimKit knows no more of them than this. Decisions of a run rest on sums that are the same bits everywhere,
/// so that ranks never part ways.
///
/// - Caller must: call `sum` on all ranks in the same order, with as many elements.
/// - Implementor must: give all ranks the same bits, and the same bits each time for the same number of ranks; return once
///   the sum is there; make `sum` throw, or end the process, on all ranks after one of them has called `abandon`.
public protocol Reduction: Sendable {
  /// The number of this rank, from 0.
  var rank: Int { get }

  /// The number of ranks, at least 1.
  var rankCount: Int { get }

  /// x ← Σ x over the ranks.
  ///
  /// - Throws: `OptimKitError` where a rank has given up.
  func sum<Scalar: RealScalar>(_ x: inout MutableSpan<Scalar>) throws

  /// Tells all ranks that this one cannot go on, so that none waits for it for ever.
  func abandon(because error: any Error)
}

extension Reduction {
  /// A number of each rank, in their order.
  ///
  /// - Throws: What `sum` throws.
  public func gather(_ value: Double) throws -> [Double] {
    var values = [Double](repeating: 0, count: rankCount)
    values[rank] = value
    var span = values.mutableSpan
    try sum(&span)
    return values
  }

  /// What one rank has, rank 0 by default; what others pass does not matter.
  ///
  /// - Throws: What `sum` throws; what encoding and decoding throw.
  public func broadcast<Value: Codable & Sendable>(
    _ value: @autoclosure () -> Value, from root: Int = 0
  ) throws -> Value {
    // Bytes are whole numbers, which sums with zeros leave as they are.
    let bytes = rank == root ? try Array(StoredValue.encoder.encode(value())) : []
    let count = Int(try gather(Double(bytes.count))[root])
    var numbers = [Double](repeating: 0, count: count)
    for (i, byte) in bytes.enumerated() { numbers[i] = Double(byte) }
    var span = numbers.mutableSpan
    try sum(&span)
    return try StoredValue.decoder.decode(
      Value.self, from: .init(numbers.map { UInt8($0) }))
  }

  /// Calls `body` on all ranks, for what each does by itself, such as reading its part of a file.
  ///
  /// - Throws: On all ranks, where it throws on some, what it throws on the first of these.
  public func together<Result>(_ body: () throws -> Result) throws -> Result {
    let outcome = Swift.Result { try body() }
    var error: OptimKitError?
    if case .failure(let failure) = outcome {
      error =
        failure as? OptimKitError
        ?? OptimKitError(
          .modelFailure, cause: "\(failure)", remedy: "see what rank \(rank) was given")
    }
    let failures = try gather(error == nil ? 0 : 1)
    guard let first = failures.firstIndex(of: 1) else { return try outcome.get() }
    let unknown = OptimKitError(.modelFailure, cause: "a rank failed", remedy: "see its error")
    throw try broadcast(error ?? unknown, from: first)
  }

  /// Throws on all ranks where they were not given the same.
  ///
  /// - Parameters:
  ///   - value: What has to be the same: numbers and options in words, or a checksum of data.
  ///   - name: What it is, for the error.
  /// - Throws: `OptimKitError` with the numbers of the ranks that differ from rank 0.
  public func requireSame(_ value: String, _ name: String) throws {
    let hash = value.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    // Halves of 32 bits are exact in a double.
    let upper = try gather(Double(hash >> 32))
    let lower = try gather(Double(hash & 0xffff_ffff))
    let others = (0..<rankCount).filter { upper[$0] != upper[0] || lower[$0] != lower[0] }
    guard !others.isEmpty else { return }
    let ranks = others.map(String.init).joined(separator: ", ")
    throw OptimKitError(
      .invalidArgument,
      cause: "\(name) of rank\(others.count > 1 ? "s" : "") \(ranks) "
        + "\(others.count > 1 ? "are" : "is") not that of rank 0 (here: \(value))",
      remedy: "start all ranks with the same program, options and data")
  }
}
