import OptimKit

/// The iteration of Algorithm 2 to the letter, at any size of the sketch, on the preconditioned matrix itself.
///
///     z ← z − Mᵀ(M z − b),   M = RᵀAᵀAR, b = Rᵀy.
///
/// `RichardsonSolver` refuses sketches at which this diverges.
package struct Algorithm2 {
  /// M in its lower triangle.
  package let matrix: Matrix<Double>

  /// Creates the iteration.
  package init(matrix: Matrix<Double>) { self.matrix = matrix }

  /// The factor by which the slowest part of the error changes in an iteration: max |1 − λ²| over the eigenvalues λ of M.
  package func rate() throws -> Double {
    try matrix.symmetricEigenvalues().map { abs(1 - $0 * $0) }.largest
  }

  /// Iterations until ‖M z − b‖ ≤ `residual` ‖b‖ from z = 0.
  ///
  /// - Returns: Infinite where the residual has grown by 10⁸, or `limit` iterations were not enough.
  package func iterations(_ target: [Double], to residual: Double, atMost limit: Int) -> Double {
    let count = target.count
    var z = Double.zeros(count)
    var r = target
    let norm = Double.norm(target.span)
    for iteration in 1...limit {
      var step = Double.zeros(count)
      multiply(r, into: &step)
      for i in 0..<count { z[i] += step[i] }
      multiply(z, into: &r)
      for i in 0..<count { r[i] = target[i] - r[i] }
      let size = Double.norm(r.span) / norm
      if size <= residual { return Double(iteration) }
      guard size < 1e8 else { break }
    }
    return .infinity
  }

  private func multiply(_ x: [Double], into y: inout [Double]) {
    let elements = matrix.storage
    var result = y.mutableSpan
    Double.multiplySymmetric(elements.span, order: x.count, by: x.span, into: &result)
  }
}
