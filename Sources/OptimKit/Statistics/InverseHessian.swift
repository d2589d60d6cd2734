/// The inverse of the Gauss-Newton Hessian H = TᵀT + λD at a point, T = CᵀJ, and D = I but for the parameters that the
/// ridge leaves out: as W Wᵀ, so that H is never formed.
///
/// R of [T; √λD] comes from Householder QR of blocks of rows. Its columns are scaled to unit length, and a QR
/// factorization with column pivoting of what they make tells the rank. Where that is short, W Wᵀ is the pseudo-inverse
/// in the units of the scaled columns. Losses whose curvature varies keep it from vanishing by a floor of a unit roundoff,
/// so that of T is its square root: columns that depend on each other to that are taken as dependent.
///
/// Cost: O((n + p) p²). Storage: about 6 p² scalars.
struct InverseHessian<Scalar: RealScalar> {
  /// The parameters that are not held fixed; rows of W are theirs.
  let free: [Int]
  /// W, in double precision.
  let root: Matrix<Double>
  /// The rank of H.
  let rank: Int
  /// Which of the parameters the data do not determine: e_j is no combination of rows of H.
  let unidentified: [Int]
  /// tr(H⁻¹ TᵀT), the number of parameters that the data determine; the rank where there is no ridge.
  let effectiveParameterCount: Double

  /// Measures.
  ///
  /// - Parameters:
  ///   - objective: The objective that was linearized.
  ///   - linearization: Where.
  ///   - excluded: The parameters that are held fixed.
  init(
    of objective: some Objective<Scalar>, _ linearization: Linearization<Scalar>,
    excluding excluded: Set<Int>
  ) throws {
    let count = objective.parameterCount
    let rows = try JacobianRows(
      linearization.jacobian,
      outputsPerSample: max(
        linearization.curvatureFactor.outputsPerBlock,
        objective.outputCount / max(1, objective.sampleCount)))
    var accumulator = TriangularAccumulator<Scalar>(columnCount: count)
    try rows.forEachBlock(scaledBy: linearization.curvatureFactor) { try accumulator.add($1) }
    let ridged = Set(0..<count).subtracting(objective.unregularizedParameters)
    if objective.ridge > 0 {
      var ridge = Matrix<Scalar>(rowCount: count, columnCount: count)
      for i in ridged { ridge[i, i] = objective.ridge.squareRoot() }
      try accumulator.add(ridge)
    }
    let free = (0..<count).filter { !excluded.contains($0) }
    let constants = objective.lossConstants
    let isConstant = constants.smoothness == constants.strongConvexity
    let rounding = Scalar.unitRoundoff
    let inverse = try ScaledPseudoInverse(
      of: accumulator.triangle, columns: free,
      tolerance: isConstant ? 64 * Scalar(count) * rounding : 8 * rounding.squareRoot())
    self.free = free
    root = inverse.root
    rank = inverse.rank
    unidentified = inverse.undetermined.map { free[$0] }
    var sum = Double(inverse.rank)
    if objective.ridge > 0 {
      for (row, parameter) in free.enumerated() where ridged.contains(parameter) {
        sum -= Double(objective.ridge) * root.row(row).reduce(0) { $0 + $1 * $1 }
      }
    }
    effectiveParameterCount = max(0, sum)
  }

  /// W Wᵀ.
  var matrix: Matrix<Double> { root.timesTransposed(root) }
}

/// The pseudo-inverse (AᵀA)⁺ = W Wᵀ of some columns of a matrix that are scaled to unit length for it.
private struct ScaledPseudoInverse<Scalar: RealScalar> {
  let root: Matrix<Double>
  let rank: Int
  let undetermined: [Int]

  /// - Parameters:
  ///   - matrix: Square.
  ///   - tolerance: How small beside the largest a column's distance from those before it is rounding.
  init(of matrix: Matrix<Scalar>, columns: [Int], tolerance: Scalar) throws {
    let order = matrix.rowCount
    var scaled = Matrix<Scalar>(rowCount: columns.count, columnCount: order)
    var scales = [Scalar](repeating: 1, count: columns.count)
    for (row, column) in columns.enumerated() {
      let elements = (0..<order).map { matrix[$0, column] }
      let norm = Scalar.norm(elements.span)
      if norm > 0 { scales[row] = norm }
      for i in 0..<order { scaled[row, i] = elements[i] / scales[row] }
    }
    var factorization = try CompleteOrthogonalFactorization(
      transposed: scaled, tolerance: tolerance)
    var root = Matrix<Double>(rowCount: columns.count, columnCount: order)
    var undetermined: [Int] = []
    var unit = Scalar.zeros(columns.count)
    var solution = Scalar.zeros(order)
    for row in columns.indices {
      unit[row] = 1
      var span = solution.mutableSpan
      factorization.solveTransposed(unit.span, into: &span)
      unit[row] = 0
      for i in 0..<order { root[row, i] = Double(solution[i]) / Double(scales[row]) }
      guard factorization.rank < columns.count else { continue }
      // The diagonal of the projector A⁺A: 1 where e_j is in the row space.
      var image = Array(scaled.row(row))
      var projection = unit
      var imageSpan = image.mutableSpan
      var projectionSpan = projection.mutableSpan
      factorization.solve(&imageSpan, into: &projectionSpan)
      if projection[row] < 1 - 8 * Scalar.unitRoundoff.squareRoot() { undetermined.append(row) }
    }
    self.root = root
    rank = factorization.rank
    self.undetermined = undetermined
  }
}

extension Matrix {
  /// A Bᵀ.
  ///
  /// - Complexity: O(rows of A · rows of B · columns).
  func timesTransposed(_ other: Self) -> Self {
    var result = Self(rowCount: rowCount, columnCount: other.rowCount)
    result.withMutableElements {
      Scalar.multiply(
        storage.span, .plain, other.storage.span, .transposed, rows: rowCount, inner: columnCount,
        columns: other.rowCount, into: &$0)
    }
    return result
  }
}
