/// The gradients gᵢ = Σₒ Jᵢₒᵀ ∂ℓᵢ/∂fₒ of the samples' losses, by the triangular factor of the matrix that has them as rows.
struct SampleScores<Scalar: RealScalar> {
  private let triangle: Matrix<Scalar>

  /// Gathers them from blocks of rows of the Jacobian.
  ///
  /// - Complexity: O(n p²).
  init(of objective: some Objective<Scalar>, _ linearization: Linearization<Scalar>) throws {
    let outputs = max(1, objective.outputCount / max(1, objective.sampleCount))
    let rows = try JacobianRows(linearization.jacobian, outputsPerSample: outputs)
    var accumulator = TriangularAccumulator<Scalar>(columnCount: objective.parameterCount)
    try rows.forEachBlock { range, block in
      var scores = Matrix<Scalar>(
        rowCount: range.count / outputs, columnCount: objective.parameterCount)
      let columns = block.columnCount
      let elements = block.storage
      scores.withMutableElements { sums in
        for (position, output) in range.enumerated() {
          let sample = position / outputs
          sums.withSlice(sample * columns..<(sample + 1) * columns) {
            Scalar.add(
              linearization.outputGradient[output],
              elements.span.extracting(position * columns..<(position + 1) * columns), to: &$0)
          }
        }
      }
      try accumulator.add(scores)
    }
    triangle = accumulator.triangle
  }

  /// H⁻¹ (Σᵢ gᵢ gᵢᵀ) H⁻¹ for the free parameters.
  func sandwich(_ inverse: InverseHessian<Scalar>) -> Matrix<Double> {
    let free = inverse.free
    var columns = Matrix<Double>(rowCount: free.count, columnCount: triangle.rowCount)
    for (row, column) in free.enumerated() {
      for i in 0..<triangle.rowCount { columns[row, i] = Double(triangle[i, column]) }
    }
    // Rows of H⁻¹ times columns of R.
    let half = inverse.matrix.timesTransposed(columns.transposed())
    return half.timesTransposed(half)
  }
}
