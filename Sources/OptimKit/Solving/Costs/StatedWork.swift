/// The sizes of a system, and what its Jacobian states of the work of operations; of a system that is held in parts, that
/// of the whole.
struct StatedWork {
  var rowCount: Int
  var columnCount: Int
  /// That of the long side.
  var longCount: Int
  var product: Work?
  var gramProduct: Work?
  var gram: Work?
  var row: Work?
  var normalProduct: Work?
  var normalMatrix: Work?
  /// The number of stored elements of sparse rows; nil where rows are dense.
  var storedCount: Double?

  /// All that adds up over the parts of a system.
  private static var sums: [WritableKeyPath<Self, Work?>] {
    [\.product, \.gramProduct, \.gram, \.row, \.normalProduct, \.normalMatrix]
  }

  /// Adds up what ranks state of their parts.
  mutating func sum(over sharding: Sharding) throws {
    var numbers = Self.sums.flatMap { self[keyPath: $0]?.numbers ?? Work.none.numbers }
    numbers.append(storedCount ?? 0)
    var span = numbers.mutableSpan
    try sharding.reduction.sum(&span)
    let length = Work.none.numbers.count
    for (position, path) in Self.sums.enumerated() where self[keyPath: path] != nil {
      self[keyPath: path] = Work(numbers[position * length..<(position + 1) * length])
    }
    if storedCount != nil { storedCount = numbers[numbers.count - 1] }
    // Ranks that hold samples have whole rows.
    if sharding.side == .samples, let sum = row {
      row = 1 / Double(sharding.reduction.rankCount) * sum
    }
  }
}

extension DampedSystem {
  /// What this Jacobian states. Of a system that is held in parts, all ranks get the same, and about the same for any
  /// number of them: what solvers choose must not depend on that.
  func makeStatedWork() -> StatedWork {
    var work = StatedWork(
      rowCount: isDual ? shortCount : wholeLongCount,
      columnCount: isDual ? wholeLongCount : shortCount, longCount: wholeLongCount,
      product: stating?.productWork, gramProduct: stating?.gramProductWork,
      gram: stating?.gramWork, row: stating?.rowWork,
      normalProduct: normalProducts?.normalProductWork,
      normalMatrix: normalComputing?.normalMatrixWork, storedCount: sparseElementCount)
    guard let sharding else { return work }
    if let known = scratch.statedWork { return known }
    // Where a rank has given up, the next sum says so.
    try? work.sum(over: sharding)
    scratch.statedWork = work
    return work
  }
}

extension Work {
  fileprivate var numbers: [Double] {
    [matrixOperations, vectorOperations, streamedBytes, bitOperations, scalarOperations]
  }

  fileprivate init(_ numbers: ArraySlice<Double>) {
    let values = Array(numbers)
    self.init(
      matrixOperations: values[0], vectorOperations: values[1], streamedBytes: values[2],
      bitOperations: values[3], scalarOperations: values[4])
  }
}
