import OptimKit

/// A neuron's row after the activation: where the derivatives of σ at its points are.
struct NeuronRow<Scalar: RealScalar> {
  let channels: TaylorChannels
  /// Weighted sums, all channels; where slopes are the same at all points, the value alone, until σ′ takes its place. Not
  /// read any more where the value is the only channel.
  let z: UnsafeMutablePointer<Scalar>
  /// ∂z where it is the same at all points and Δz is 0: in the first layer.
  let slopes: UnsafeMutablePointer<Scalar>?
  /// σ′.
  let first: UnsafeMutablePointer<Scalar>
  /// σ″; not read where the value is the only channel.
  let second: UnsafeMutablePointer<Scalar>
  /// σ‴; not read without Laplacian.
  let third: UnsafeMutablePointer<Scalar>
  /// q; not read without Laplacian, or where slopes are the same at all points.
  let square: UnsafeMutablePointer<Scalar>

  private var points: Int { channels.points }
  private var laplacian: Int { (1 + channels.slopes) * points }

  /// a ← all channels but the value, which the activation has written; q as well.
  func activateDerivatives(into a: UnsafeMutablePointer<Scalar>) {
    if let slopes {
      channels.activateDerivatives(slopes: slopes, first: first, second: second, into: a)
    } else {
      channels.activateDerivatives(of: z, first: first, second: second, square: square, into: a)
    }
  }

  /// t: a change of the weighted sums ← the change of the activations that it makes.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func pushForward(_ t: UnsafeMutablePointer<Scalar>) {
    if let slopes { return pushForward(t, slopes) }
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
    if let slopes { return pullBack(t, slopes) }
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

/// The first layer: what the general formulas become where ∂z is the same at all points and Δz is 0.
extension NeuronRow {
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func pushForward(
    _ t: UnsafeMutablePointer<Scalar>, _ slopes: UnsafeMutablePointer<Scalar>
  ) {
    let n = points
    let sum = t + laplacian
    if channels.hasLaplacian {
      let square = channels.square(of: slopes)
      for i in 0..<n { sum[i] = first[i] * sum[i] + third[i] * square * t[i] }
    }
    for slope in 0..<channels.slopes {
      let (factor, change) = (slopes[slope], t + (1 + slope) * n)
      if channels.hasLaplacian {
        for i in 0..<n { sum[i] += 2 * factor * second[i] * change[i] }
      }
      for i in 0..<n { change[i] = first[i] * change[i] + factor * second[i] * t[i] }
    }
    for i in 0..<n { t[i] = first[i] * t[i] }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func pullBack(
    _ t: UnsafeMutablePointer<Scalar>, _ slopes: UnsafeMutablePointer<Scalar>
  ) {
    let n = points
    let last = t + laplacian
    if channels.hasLaplacian {
      let square = channels.square(of: slopes)
      for i in 0..<n { t[i] = first[i] * t[i] + square * third[i] * last[i] }
    } else {
      for i in 0..<n { t[i] = first[i] * t[i] }
    }
    for slope in 0..<channels.slopes {
      let (factor, change) = (slopes[slope], t + (1 + slope) * n)
      for i in 0..<n { t[i] += factor * second[i] * change[i] }
      if channels.hasLaplacian {
        for i in 0..<n { change[i] = first[i] * change[i] + 2 * factor * second[i] * last[i] }
      } else {
        for i in 0..<n { change[i] = first[i] * change[i] }
      }
    }
    if channels.hasLaplacian {
      for i in 0..<n { last[i] = first[i] * last[i] }
    }
  }
}
