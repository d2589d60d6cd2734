/// The sizes of a system, and what its Jacobian states of the work of operations.
struct StatedWork: Codable, Sendable {
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
}

extension DampedSystem {
  /// What this Jacobian states; of a system that is held in parts, what that of rank 0 states, since all ranks have to
  /// decide alike.
  func makeStatedWork() -> StatedWork {
    guard let sharding else { return ownStatedWork }
    if let known = scratch.statedWork { return known }
    // Where a rank has given up, the next sum says so.
    let agreed = (try? sharding.reduction.broadcast(ownStatedWork)) ?? ownStatedWork
    scratch.statedWork = agreed
    return agreed
  }

  private var ownStatedWork: StatedWork {
    StatedWork(
      rowCount: rowCount, columnCount: columnCount, longCount: longCount,
      product: stating?.productWork, gramProduct: stating?.gramProductWork,
      gram: stating?.gramWork, row: stating?.rowWork,
      normalProduct: normalProducts?.normalProductWork,
      normalMatrix: normalComputing?.normalMatrixWork, storedCount: sparseElementCount)
  }
}
