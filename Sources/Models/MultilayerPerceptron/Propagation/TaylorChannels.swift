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

/// A neuron's row after the activation: where the derivatives of σ at its points are.
struct NeuronRow<Scalar: RealScalar> {
  let channels: TaylorChannels
  /// Weighted sums, all channels; not read where the value is the only channel.
  let z: UnsafeMutablePointer<Scalar>
  /// σ′.
  let first: UnsafeMutablePointer<Scalar>
  /// σ″; not read where the value is the only channel.
  let second: UnsafeMutablePointer<Scalar>
  /// σ‴; not read without Laplacian.
  let third: UnsafeMutablePointer<Scalar>
  /// q; not read without Laplacian.
  let square: UnsafeMutablePointer<Scalar>

  private var points: Int { channels.points }
  private var laplacian: Int { (1 + channels.slopes) * points }

  /// a ← all channels but the value, which the activation has written; q as well.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func activateDerivatives(into a: UnsafeMutablePointer<Scalar>) {
    let n = points
    if channels.hasLaplacian {
      for i in 0..<n { square[i] = 0 }
      for slope in 1...channels.slopes {
        let z = z + slope * n
        for i in 0..<n { square[i] += z[i] * z[i] }
      }
      let (z, a) = (z + laplacian, a + laplacian)
      for i in 0..<n { a[i] = first[i] * z[i] + second[i] * square[i] }
    }
    for slope in 0..<channels.slopes {
      let (z, a) = (z + (1 + slope) * n, a + (1 + slope) * n)
      for i in 0..<n { a[i] = first[i] * z[i] }
    }
  }

  /// t: a change of the weighted sums ← the change of the activations that it makes.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func pushForward(_ t: UnsafeMutablePointer<Scalar>) {
    let n = points
    if channels.hasLaplacian {
      let (z, change) = (z + laplacian, t + laplacian)
      for i in 0..<n {
        change[i] = first[i] * change[i] + (second[i] * z[i] + third[i] * square[i]) * t[i]
      }
    }
    for slope in 0..<channels.slopes {
      let (z, change) = (z + (1 + slope) * n, t + (1 + slope) * n)
      if channels.hasLaplacian {
        let sum = t + laplacian
        for i in 0..<n { sum[i] += 2 * second[i] * z[i] * change[i] }
      }
      for i in 0..<n { change[i] = first[i] * change[i] + second[i] * z[i] * t[i] }
    }
    for i in 0..<n { t[i] = first[i] * t[i] }
  }

  /// t: derivatives with respect to the activations ← those with respect to the weighted sums.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func pullBack(_ t: UnsafeMutablePointer<Scalar>) {
    let n = points
    for i in 0..<n { t[i] = first[i] * t[i] }
    for slope in 0..<channels.slopes {
      let (z, change) = (z + (1 + slope) * n, t + (1 + slope) * n)
      for i in 0..<n { t[i] += second[i] * z[i] * change[i] }
      for i in 0..<n { change[i] = first[i] * change[i] }
      if channels.hasLaplacian {
        let last = t + laplacian
        for i in 0..<n { change[i] += 2 * second[i] * z[i] * last[i] }
      }
    }
    if channels.hasLaplacian {
      let (z, last) = (z + laplacian, t + laplacian)
      for i in 0..<n { t[i] += (second[i] * z[i] + third[i] * square[i]) * last[i] }
      for i in 0..<n { last[i] = first[i] * last[i] }
    }
  }
}
