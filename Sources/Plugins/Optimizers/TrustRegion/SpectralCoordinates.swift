/// A linear least-squares problem in the coordinates of its singular vectors, where the model of a step is
///
///     ½ Σ (cᵢ + σᵢ wᵢ)²
///
/// and every regularized step costs O(k). Nothing is squared that would cost digits: σ and c come from the matrix
/// itself.
package struct SpectralCoordinates: Sendable {
  /// σ, in descending order.
  package let values: [Double]
  /// c = Uᵀr.
  package let coefficients: [Double]
  /// How many of the singular values are above rounding; the others are taken for zero.
  package let rank: Int

  /// - Parameter cutoff: The singular values, relative to the largest, that are rounding.
  package init(values: [Double], coefficients: [Double], cutoff: Double) {
    self.values = values
    self.coefficients = coefficients
    let smallest = cutoff * (values.first ?? 0)
    rank = values.firstIndex { !($0 > smallest) } ?? values.count
  }

  /// By how much the model can fall: half the square of what residuals have in the range of the Jacobian.
  package var largestReduction: Double {
    coefficients[..<rank].reduce(0) { $0 + $1 * $1 } / 2
  }

  /// By how much the model falls along w.
  package func reduction(of w: [Double]) -> Double {
    (0..<rank).reduce(0) {
      let image = values[$1] * w[$1]
      return $0 - image * (coefficients[$1] + image / 2)
    }
  }

  /// The derivative of the model along w.
  package func slope(along w: [Double]) -> Double {
    (0..<rank).reduce(0) { $0 + values[$1] * w[$1] * coefficients[$1] }
  }

  /// ‖w‖.
  package static func norm(_ w: [Double]) -> Double {
    w.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  // MARK: Steps

  /// The minimum of the model plus (μ/2)‖w‖²; for μ = 0 the Gauss-Newton step of minimum norm.
  package func damped(by damping: Double) -> [Double] {
    solve(coefficients, damping: damping)
  }

  /// The minimum of ½ Σ (bᵢ + σᵢ wᵢ)² + (μ/2)‖w‖².
  package func solve(_ b: [Double], damping: Double) -> [Double] {
    values.indices.map { i in
      guard i < rank else { return 0 }
      let value = values[i]
      return -b[i] / (value + damping / value)
    }
  }

  /// The Gauss-Newton step in the space of singular values above `cutoff` times the largest.
  package func truncated(below cutoff: Double) -> [Double] {
    let smallest = cutoff * (values.first ?? 0)
    return values.indices.map { i in
      i < rank && values[i] > smallest ? -coefficients[i] / values[i] : 0
    }
  }

  /// The μ for which the damped step has the norm `radius`; 0 where the undamped one is not longer (Moré and
  /// Sorensen 1983, without the hard case: the model is convex).
  ///
  /// - Parameter accuracy: How far the norm may be from `radius`, relative to it.
  package func damping(forNorm radius: Double, accuracy: Double) -> Double {
    func norms(_ damping: Double) -> (norm: Double, derivative: Double) {
      var (square, sum) = (0.0, 0.0)
      for i in 0..<rank {
        let shifted = values[i] + damping / values[i]
        let w = coefficients[i] / shifted
        square += w * w
        sum += w * w / (shifted * values[i])
      }
      let norm = square.squareRoot()
      return (norm, norm > 0 ? -sum / norm : 0)
    }
    var (norm, derivative) = norms(0)
    guard norm > (1 + accuracy) * radius else { return 0 }
    // ‖w(μ)‖ ≤ ‖Σc‖ / μ.
    var lower = 0.0
    let gradient = (0..<rank).reduce(0.0) {
      $0 + values[$1] * values[$1] * coefficients[$1] * coefficients[$1]
    }
    var upper = gradient.squareRoot() / radius
    var damping = 0.0
    for _ in 0..<100 {
      guard abs(norm - radius) > accuracy * radius else { break }
      if norm > radius { lower = damping } else { upper = damping }
      // Newton's method for 1/‖w‖, which is almost linear in μ.
      let next = damping - norm / radius * (norm - radius) / derivative
      let isInside = next > lower && next < upper && next.isFinite
      damping = isInside ? next : max((lower * upper).squareRoot(), 1e-3 * upper)
      (norm, derivative) = norms(damping)
    }
    return damping
  }

  /// The end of Powell's dogleg in the ball of the given radius: from the minimum along the gradient towards the
  /// Gauss-Newton step.
  package func dogleg(radius: Double) -> [Double] {
    let full = damped(by: 0)
    guard Self.norm(full) > radius else { return full }
    let gradient = values.indices.map { $0 < rank ? values[$0] * coefficients[$0] : 0 }
    let norm = Self.norm(gradient)
    let image = Self.norm(values.indices.map { values[$0] * gradient[$0] })
    let length = norm / image * (norm / image)
    guard length * norm < radius else { return gradient.map { -radius / norm * $0 } }
    let cauchy = gradient.map { -length * $0 }
    let leg = zip(full, cauchy).map { $0 - $1 }
    // ‖cauchy + t leg‖ = radius.
    let a = leg.reduce(0) { $0 + $1 * $1 }
    let b = zip(cauchy, leg).reduce(0) { $0 + $1.0 * $1.1 }
    let c = radius * radius - length * norm * length * norm
    let root = (b * b + a * c).squareRoot()
    let t = b > 0 ? c / (b + root) : (root - b) / a
    return zip(cauchy, leg).map { $0 + t * $1 }
  }
}
