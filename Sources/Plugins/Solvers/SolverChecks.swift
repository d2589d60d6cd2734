import OptimKit

/// Throws where an iteration limit is not positive.
func validateIterationLimit(_ limit: Int) throws {
  guard limit > 0 else {
    throw OptimKitError(
      .invalidArgument, cause: "the largest number of inner iterations is \(limit)",
      remedy: "choose at least 1")
  }
}

/// Throws where a sketch would have no more rows than columns, or an absurd number.
func validateOversampling(
  _ oversampling: Double, minimum: Double = 1.1,
  remedy: String = "choose at least 1.1 rows per column; 4 is usual"
) throws {
  guard oversampling.isFinite, oversampling >= minimum, oversampling <= 1e6 else {
    throw OptimKitError(
      .invalidArgument, cause: "the oversampling of a sketch is \(oversampling)", remedy: remedy)
  }
}

/// Throws where the norm of a right-hand side tells of NaN or infinity in it.
func requireFiniteRightHandSide<Scalar: RealScalar>(_ norm: Scalar) throws {
  guard norm.isFinite else {
    throw OptimKitError(
      .nonFiniteValue, cause: "the right-hand side of a linear system holds NaN or infinity",
      remedy: "check what the model returns at this point")
  }
}

extension DampedSystem {
  /// The number of rows of a sketch with `oversampling` rows per column.
  ///
  /// - Throws: `OptimKitError` where the sketched matrix would have more elements than BLAS counts.
  func sketchSize(oversampling: Double) throws -> Int {
    let rows = (oversampling * Double(shortCount)).rounded(.up)
    guard rows * Double(shortCount) < Double(Int32.max) else {
      throw OptimKitError(
        .invalidArgument, cause: "a sketch of \(rows) rows for \(shortCount) columns",
        remedy: "reduce the oversampling")
    }
    return Int(rows)
  }
}
