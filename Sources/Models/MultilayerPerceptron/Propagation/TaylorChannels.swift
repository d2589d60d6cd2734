import OptimKit

/// What is propagated through a network side by side at each of n points: the value, where wanted the derivatives
/// along the d coordinates, and where wanted the Laplacian (forward Taylor mode).
///
/// A neuron's row holds `count` channels of n elements each. With z the weighted sum and σ the activation,
///
///     a = σ(z),   ∂ᵢa = σ′ ∂ᵢz,   Δa = σ′ Δz + σ″ q with q = Σᵢ (∂ᵢz)².
struct TaylorChannels: Hashable, Sendable {
  /// n.
  let points: Int
  /// d where derivatives are propagated, 0 otherwise.
  let slopes: Int
  /// Whether the Laplacian is propagated; needs derivatives.
  let hasLaplacian: Bool

  /// The number of channels.
  var count: Int { 1 + slopes + (hasLaplacian ? 1 : 0) }

  /// The elements of a neuron's row.
  var length: Int { count * points }

  /// Whether anything is propagated beside the value.
  var hasDerivatives: Bool { slopes > 0 }

  /// The derivatives of σ that values need, in addition to one for their own derivatives.
  var order: Int { hasLaplacian ? 2 : hasDerivatives ? 1 : 0 }
}

extension TaylorChannels {
  /// square ← q.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func sumSquares<Scalar: RealScalar>(
    of z: UnsafePointer<Scalar>, into square: UnsafeMutablePointer<Scalar>
  ) {
    let n = points
    for i in 0..<n { square[i] = 0 }
    for slope in 0..<slopes {
      let z = z + (1 + slope) * n
      for i in 0..<n { square[i] += z[i] * z[i] }
    }
  }

  /// q where ∂z is the same at all points.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func square<Scalar: RealScalar>(of z: UnsafePointer<Scalar>) -> Scalar {
    var sum = Scalar(0)
    for slope in 0..<slopes { sum += z[slope] * z[slope] }
    return sum
  }

  /// a ← all channels but the value, where ∂z is the same at all points and Δz is 0.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func activateDerivatives<Scalar: RealScalar>(
    slopes z: UnsafePointer<Scalar>, first: UnsafePointer<Scalar>, second: UnsafePointer<Scalar>,
    into a: UnsafeMutablePointer<Scalar>
  ) {
    let n = points
    for number in 0..<slopes {
      let (slope, a) = (z[number], a + (1 + number) * n)
      for i in 0..<n { a[i] = slope * first[i] }
    }
    if hasLaplacian {
      let (square, laplacian) = (square(of: z), a + (1 + slopes) * n)
      for i in 0..<n { laplacian[i] = square * second[i] }
    }
  }

  /// a ← all channels but the value, and where there is a Laplacian square ← q.
  ///
  /// - Parameters:
  ///   - z: Weighted sums, all channels.
  ///   - first: σ′.
  ///   - second: σ″; not read without Laplacian.
  ///   - square: n elements; not touched without Laplacian.
  ///   - a: May be z itself.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func activateDerivatives<Scalar: RealScalar>(
    of z: UnsafePointer<Scalar>, first: UnsafePointer<Scalar>, second: UnsafePointer<Scalar>,
    square: UnsafeMutablePointer<Scalar>, into a: UnsafeMutablePointer<Scalar>
  ) {
    let n = points
    if hasLaplacian {
      sumSquares(of: z, into: square)
      let laplacian = (1 + slopes) * n
      let (z, a) = (z + laplacian, a + laplacian)
      for i in 0..<n { a[i] = first[i] * z[i] + second[i] * square[i] }
    }
    for slope in 0..<slopes {
      let (z, a) = (z + (1 + slope) * n, a + (1 + slope) * n)
      for i in 0..<n { a[i] = first[i] * z[i] }
    }
  }
}
