/// Takes the ridge off parameters that it leaves out, such as intercepts, in the solution of a damped system.
///
/// Systems are damped alike in all parameters: N = TᵀT + μI. With E the columns of I of those parameters, the system
/// that is wanted has N' = N − λEEᵀ. From x = N⁻¹r and Z = N⁻¹E (EᵀN⁻¹E)⁻¹,
///
///     N'⁻¹ r = x + λ Z S⁺ Eᵀx   with   S = ZᵀN'Z,
///
/// (Sherman, Morrison and Woodbury), whatever solver and side of the system. S is the Schur complement of those
/// parameters; written so, it is positive semidefinite however inexact Z is, and its error is the square of that of
/// Z. The pseudo-inverse takes care of intercepts that a loss sees the differences of only.
///
/// Cost: up to three solves from the same preparation, one as a rule, and one product with N for each parameter in E;
/// none where that is not worth it. Storage: twice as many
/// vectors of p scalars.
package struct UnregularizedParameters<Scalar: RealScalar> {
  /// The parameters in E.
  package let indices: [Int]
  /// λ.
  package let ridge: Scalar

  /// Those of an objective.
  package init(of objective: CountedObjective<Scalar>) {
    indices = objective.unregularizedParameters
    ridge = objective.ridge
  }

  /// x ← the solution without the ridge on `indices`.
  ///
  /// In the primal nothing is done where the correction is far below the tolerance, as with many samples a unit of ridge
  /// and far from the minimum. Z is solved for loosely at first, and again where its error would show beside that of x.
  ///
  /// - Parameters:
  ///   - tolerance: The relative residual of x, as it was solved for.
  ///   - rightHandSideNorm: What that is relative to.
  package func correct(
    _ x: inout MutableSpan<Scalar>, of system: DampedSystem<Scalar>,
    by workspace: any LinearSolverWorkspace<Scalar>, tolerance: Scalar, rightHandSideNorm: Scalar
  ) throws {
    guard ridge > 0, !indices.isEmpty else { return }
    // Left as it is, x has the residual −λEEᵀx more.
    let values = indices.map { x[$0] }
    guard
      system.isDual
        || ridge * Scalar.norm(values.span) > Self.negligibleShare * tolerance * rightHandSideNorm
    else { return }
    // The error of S is the square of that of Z.
    let least = Scalar.unitRoundoff.squareRoot()
    var accuracy = max(Scalar(1e-3), least)
    for attempt in 0..<3 {
      let (columns, norm) = try normalizedColumns(of: system, by: workspace, tolerance: accuracy)
      let weights = try weights(
        of: system, columns: columns, values: values, accuracy: accuracy)
      let size = Scalar.norm(weights.span) * norm
      let wanted = size > 0 ? max(least, tolerance * rightHandSideNorm / size) : 1
      if accuracy <= wanted || attempt == 2 {
        for (i, weight) in weights.enumerated() {
          let column = Array(columns.row(i))
          Scalar.add(weight, column.span, to: &x)
        }
        return
      }
      accuracy = max(least, wanted / 2)
    }
  }

  /// The part of the tolerated residual that a correction may leave undone.
  private static var negligibleShare: Scalar { 0.1 }

  /// λ S⁺ Eᵀx.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func weights(
    of system: DampedSystem<Scalar>, columns: borrowing Matrix<Scalar>, values: [Scalar],
    accuracy: Scalar
  ) throws -> [Scalar] {
    let decomposition = try SymmetricEigendecomposition(
      schurComplement(of: system, columns: columns))
    // What is below is nothing but the error of Z.
    let cutoff =
      max(100 * accuracy * accuracy, 1000 * Scalar.unitRoundoff)
      * (decomposition.values.last ?? 0)
    var coordinates = values
    var span = coordinates.mutableSpan
    decomposition.project(values.span, into: &span)
    for (i, value) in decomposition.values.enumerated() {
      span[i] = value > cutoff ? ridge * span[i] / value : 0
    }
    var result = values
    var resultSpan = result.mutableSpan
    decomposition.expand(span.span, into: &resultSpan)
    return result
  }

  /// Rows of Zᵀ, whose elements at `indices` are those of I, and the norm of the right-hand sides of N⁻¹E times what
  /// makes Z of it.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func normalizedColumns(
    of system: DampedSystem<Scalar>, by workspace: any LinearSolverWorkspace<Scalar>,
    tolerance: Scalar
  ) throws -> (columns: Matrix<Scalar>, norm: Scalar) {
    let count = indices.count
    let rightHandSides = indices.map { index in
      var center = Scalar.zeros(system.columnCount)
      center[index] = 1 / system.damping
      return DampedRightHandSide(target: Scalar.zeros(system.rowCount), center: center)
    }
    var solutions = Matrix<Scalar>(rowCount: count, columnCount: system.columnCount)
    let reports = try workspace.solve(
      rightHandSides, tolerance: .relative(tolerance), into: &solutions)
    var corner = Matrix<Scalar>(rowCount: count, columnCount: count)
    for i in 0..<count {
      for j in 0..<count {
        corner[i, j] = (solutions[i, indices[j]] + solutions[j, indices[i]]) / 2
      }
    }
    let factor = try CholeskyFactorization(corner)
    var inverse = Matrix<Scalar>.identity(count)
    inverse.withMutableElements { elements in
      for i in 0..<count {
        elements.withSlice(i * count..<(i + 1) * count) { factor.solve(in: &$0) }
      }
    }
    var result = Matrix<Scalar>(rowCount: count, columnCount: system.columnCount)
    result.withMutableElements {
      Scalar.multiply(
        inverse.storage.span, .plain, solutions.storage.span, rows: count, inner: count,
        columns: system.columnCount, into: &$0)
    }
    let norm = reports.map(\.rightHandSideNorm).max() ?? 0
    return (result, Scalar(norm) * Scalar.norm(inverse.storage.span))
  }

  /// ZᵀN'Z, with N' = TᵀT + μI − λEEᵀ.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func schurComplement(
    of system: DampedSystem<Scalar>, columns: borrowing Matrix<Scalar>
  ) throws -> Matrix<Scalar> {
    let count = indices.count
    var result = Matrix<Scalar>(rowCount: count, columnCount: count)
    var image = Scalar.zeros(system.columnCount)
    for i in 0..<count {
      let column = Array(columns.row(i))
      var span = image.mutableSpan
      try system.applyUndampedNormal(column.span, into: &span)
      Scalar.add(system.damping, column.span, to: &span)
      for index in indices { span[index] -= ridge * column[index] }
      for j in 0...i {
        result[i, j] = Scalar.dot(
          columns.storage.span.extracting(
            j * system.columnCount..<(j + 1) * system.columnCount), span.span)
        result[j, i] = result[i, j]
      }
    }
    return result
  }
}
