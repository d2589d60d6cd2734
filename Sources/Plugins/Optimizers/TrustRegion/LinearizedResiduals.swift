import OptimKit

/// The residuals of a Gauss-Newton step and their Jacobian, those of the ridge included:
/// r = [ρ; √λ θ] and A = [CᵀJ; √λ I], for which the model of the objective is ½‖A δ + r‖².
struct LinearizedResiduals<Scalar: RealScalar> {
  var matrix: Matrix<Scalar>
  let residuals: [Scalar]

  /// - Complexity: O(n p).
  /// - Throws: `OptimKitError` of kind `missingCapability` where the Jacobian offers products only.
  init(
    _ linearization: Linearization<Scalar>, at parameters: Span<Scalar>,
    of objective: CountedObjective<Scalar>
  ) throws {
    let system = objective.system(at: linearization).withDamping(0)
    var matrix = Matrix<Scalar>(rowCount: system.rowCount, columnCount: system.columnCount)
    try objective.ledger.measure(.gram) { try system.copyAugmentedRows(into: &matrix) }
    if objective.ridge > 0 {
      var rows = Matrix<Scalar>.identity(system.columnCount)
      let root = objective.ridge.squareRoot()
      for i in 0..<system.columnCount { rows[i, i] = root }
      for i in objective.unregularizedParameters { rows[i, i] = 0 }
      matrix.appendRows(of: rows)
    }
    self.matrix = matrix
    residuals = try Self.residuals(linearization, at: parameters, of: objective)
  }

  /// r alone.
  static func residuals(
    _ linearization: Linearization<Scalar>, at parameters: Span<Scalar>,
    of objective: CountedObjective<Scalar>
  ) throws -> [Scalar] {
    var result = try linearization.whitenedResidual()
    guard objective.ridge > 0 else { return result }
    let count = result.count
    let root = objective.ridge.squareRoot()
    for i in parameters.indices { result.append(root * parameters[i]) }
    for i in objective.unregularizedParameters { result[count + i] = 0 }
    return result
  }

  /// The norms of the columns of A.
  ///
  /// - Complexity: O(n p).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func columnNorms() -> [Scalar] {
    let columns = matrix.columnCount
    let elements = matrix.storage
    var squares = Scalar.zeros(columns)
    for i in 0..<matrix.rowCount {
      for j in 0..<columns {
        let element = elements[i * columns + j]
        squares[j] += element * element
      }
    }
    return squares.map { $0.squareRoot() }
  }

  /// A with only some of its columns, each divided by its scale.
  ///
  /// - Complexity: O(n p).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  static func scaled(
    _ matrix: consuming Matrix<Scalar>, columns: [Int], by scale: [Scalar]
  ) throws -> Matrix<Scalar> {
    let all = matrix.columnCount
    let rows = matrix.rowCount
    guard columns.count < all else {
      if scale.allSatisfy({ $0 == 1 }) { return matrix }
      matrix.withMutableElements { elements in
        for i in 0..<rows {
          for j in 0..<all { elements[i * all + j] /= scale[j] }
        }
      }
      return matrix
    }
    let elements = matrix.storage
    var result: [Scalar] = []
    result.reserveCapacity(rows * columns.count)
    for i in 0..<rows {
      for column in columns { result.append(elements[i * all + column] / scale[column]) }
    }
    return try Matrix(rowCount: rows, columnCount: columns.count, storage: result)
  }
}
