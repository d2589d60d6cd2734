extension LinearSolverWorkspace {
  /// Solves for several right-hand sides, one after the other, from one preparation.
  ///
  /// - Parameters:
  ///   - rightHandSides: b and c of each problem.
  ///   - tolerance: How small each residual has to be.
  ///   - solutions: Row i becomes the solution of right-hand side i.
  /// - Returns: The reports, in the same order.
  /// - Throws: ``OptimKitError`` where one of them has no usable solution; earlier rows are written.
  public func solve(
    _ rightHandSides: [DampedRightHandSide<Scalar>], tolerance: ResidualTolerance<Scalar>,
    into solutions: inout Matrix<Scalar>
  ) throws -> [SolveReport] {
    precondition(solutions.rowCount == rightHandSides.count, "one row for each right-hand side")
    let count = solutions.columnCount
    return try solutions.withMutableElements { elements in
      var reports: [SolveReport] = []
      for (i, rightHandSide) in rightHandSides.enumerated() {
        try elements.withSlice(i * count..<(i + 1) * count) { solution in
          reports.append(try solve(rightHandSide, tolerance: tolerance, into: &solution))
        }
      }
      return reports
    }
  }
}
