import OptimKit

/// M = RᵀAᵀAR of a preconditioned system, formed, and iterations on M z = b itself: without what a solver adds, such as
/// its stop at the residual of the system that is not preconditioned.
package struct PreconditionedMatrix: Sendable {
  /// M in its lower triangle.
  package let matrix: Matrix<Double>

  /// Takes M in its lower triangle.
  package init(_ matrix: Matrix<Double>) { self.matrix = matrix }

  /// The factor by which the slowest part of the error changes in an iteration of Algorithm 2: max |1 − λ²| over the
  /// eigenvalues λ of M.
  package func rateOfAlgorithm2() throws -> Double {
    try matrix.symmetricEigenvalues().map { abs(1 - $0 * $0) }.largest
  }

  /// Iterations of Algorithm 2 to the letter, z ← z − Mᵀ(M z − b), until ‖M z − b‖ ≤ `residual` ‖b‖ from z = 0.
  ///
  /// `RichardsonSolver` refuses sketches at which this diverges.
  ///
  /// - Returns: Infinite where the residual has grown by 10⁸, or `limit` iterations were not enough.
  package func iterationsOfAlgorithm2(
    _ target: [Double], to residual: Double, atMost limit: Int
  ) -> Double {
    let norm = Double.norm(target.span)
    var z = Double.zeros(target.count)
    var r = target
    for iteration in 1...limit {
      let step = times(r)
      for i in z.indices { z[i] += step[i] }
      let product = times(z)
      for i in r.indices { r[i] = target[i] - product[i] }
      let size = Double.norm(r.span) / norm
      if size <= residual { return Double(iteration) }
      guard size < 1e8 else { break }
    }
    return .infinity
  }

  /// Iterations of conjugate gradients until ‖M z − b‖ ≤ `residual` ‖b‖ from z = 0.
  ///
  /// - Returns: Infinite where `limit` iterations were not enough.
  package func iterationsOfConjugateGradients(
    _ target: [Double], to residual: Double, atMost limit: Int
  ) -> Double {
    var r = target
    var direction = target
    var square = Double.dot(r.span, r.span)
    let goal = residual * residual * square
    for iteration in 1...limit {
      let product = times(direction)
      let alpha = square / Double.dot(direction.span, product.span)
      for i in r.indices { r[i] -= alpha * product[i] }
      let next = Double.dot(r.span, r.span)
      if next <= goal { return Double(iteration) }
      for i in r.indices { direction[i] = r[i] + next / square * direction[i] }
      square = next
    }
    return .infinity
  }

  private func times(_ x: [Double]) -> [Double] {
    let elements = matrix.storage
    var result = Double.zeros(x.count)
    var span = result.mutableSpan
    Double.multiplySymmetric(elements.span, order: x.count, by: x.span, into: &span)
    return result
  }
}
