import OptimKit

/// What the points of a block make of a few neurons, while their channels are computed.
struct EvaluationRows<Scalar: RealScalar> {
  let channels: TaylorChannels
  /// σ′, and σ″.
  let first, second: UnsafeMutablePointer<Scalar>
  /// q = Σ (∂ᵢz)².
  private let square: UnsafeMutablePointer<Scalar>
  /// The value, then what is asked of the neuron.
  let combined: UnsafeMutablePointer<Scalar>

  /// How many neurons there is room for: some 256 points.
  let capacity: Int

  private static func capacity(_ channels: TaylorChannels) -> Int {
    max(1, 256 / max(1, channels.points))
  }

  /// The scalars that rows take.
  static func size(_ channels: TaylorChannels) -> Int {
    (3 * capacity(channels) + 1) * channels.points
  }

  /// - Parameter memory: `size` scalars.
  init(_ memory: UnsafeMutablePointer<Scalar>, _ channels: TaylorChannels) {
    self.channels = channels
    capacity = Self.capacity(channels)
    let length = capacity * channels.points
    first = memory
    second = memory + length
    combined = memory + 2 * length
    square = memory + 3 * length
  }

  /// Combined, the row of neuron `number`: the value ← α a + β·∇a + γ Δa.
  ///
  /// - Parameters:
  ///   - number: Of the neurons in the rows.
  ///   - z: Weighted sums, all channels.
  ///   - slopes: ∂z where it is the same at all points and Δz is 0, as in the first layer.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func combine(
    _ number: Int, z: UnsafePointer<Scalar>, _ slopes: UnsafePointer<Scalar>?,
    by coefficients: [Scalar]
  ) -> UnsafePointer<Scalar> {
    let n = channels.points
    let row = combined + number * n
    let (first, second) = (first + number * n, second + number * n)
    let scale = coefficients[0]
    guard channels.hasDerivatives else {
      for i in 0..<n { row[i] *= scale }
      return UnsafePointer(row)
    }
    let bend = channels.hasLaplacian ? coefficients[1 + channels.slopes] : 0
    if let slopes {
      var slope = Scalar(0)
      for number in 0..<channels.slopes { slope += coefficients[1 + number] * slopes[number] }
      let factor = bend * channels.square(of: slopes)
      // A Laplacian alone, as in Poisson's equation, needs one row of three.
      if scale == 0, slope == 0, channels.hasLaplacian {
        for i in 0..<n { row[i] = factor * second[i] }
      } else if channels.hasLaplacian {
        for i in 0..<n { row[i] = scale * row[i] + slope * first[i] + factor * second[i] }
      } else {
        for i in 0..<n { row[i] = scale * row[i] + slope * first[i] }
      }
      return UnsafePointer(row)
    }
    for i in 0..<n { row[i] *= scale }
    for number in 0..<channels.slopes where coefficients[1 + number] != 0 {
      let (factor, z) = (coefficients[1 + number], z + (1 + number) * n)
      for i in 0..<n { row[i] += factor * first[i] * z[i] }
    }
    if channels.hasLaplacian {
      channels.sumSquares(of: z, into: square)
      let z = z + (1 + channels.slopes) * n
      for i in 0..<n { row[i] += bend * (first[i] * z[i] + second[i] * square[i]) }
    }
    return UnsafePointer(row)
  }

  /// a ← all channels but the value; `a` may be z itself.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func activate(
    z: UnsafePointer<Scalar>, _ slopes: UnsafePointer<Scalar>?, into a: UnsafeMutablePointer<Scalar>
  ) {
    guard let slopes else {
      channels.activateDerivatives(of: z, first: first, second: second, square: square, into: a)
      return
    }
    channels.activateDerivatives(slopes: slopes, first: first, second: second, into: a)
  }
}
