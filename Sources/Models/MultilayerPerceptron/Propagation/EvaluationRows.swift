import OptimKit

/// What the points of a block make of one neuron, while its channels are computed.
struct EvaluationRows<Scalar: RealScalar> {
  let channels: TaylorChannels
  /// σ′, and σ″.
  let first, second: UnsafeMutablePointer<Scalar>
  /// q = Σ (∂ᵢz)².
  private let square: UnsafeMutablePointer<Scalar>
  /// The value, then what is asked of the neuron.
  let combined: UnsafeMutablePointer<Scalar>

  /// - Parameter memory: 4 n scalars.
  init(_ memory: UnsafeMutablePointer<Scalar>, _ channels: TaylorChannels) {
    self.channels = channels
    first = memory
    second = memory + channels.points
    square = memory + 2 * channels.points
    combined = memory + 3 * channels.points
  }

  /// combined: the value ← α a + β·∇a + γ Δa.
  ///
  /// - Parameters:
  ///   - z: Weighted sums, all channels.
  ///   - slopes: ∂z where it is the same at all points and Δz is 0, as in the first layer.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func combine(
    z: UnsafePointer<Scalar>, _ slopes: UnsafePointer<Scalar>?, by coefficients: [Scalar]
  ) {
    let n = channels.points
    let row = combined
    for i in 0..<n { row[i] *= coefficients[0] }
    guard channels.hasDerivatives else { return }
    let bend = channels.hasLaplacian ? coefficients[1 + channels.slopes] : 0
    if let slopes {
      var (slope, square) = (Scalar(0), Scalar(0))
      for number in 0..<channels.slopes {
        slope += coefficients[1 + number] * slopes[number]
        square += slopes[number] * slopes[number]
      }
      if slope != 0 {
        for i in 0..<n { row[i] += slope * first[i] }
      }
      if channels.hasLaplacian {
        let factor = bend * square
        for i in 0..<n { row[i] += factor * second[i] }
      }
      return
    }
    for number in 0..<channels.slopes where coefficients[1 + number] != 0 {
      let (factor, z) = (coefficients[1 + number], z + (1 + number) * n)
      for i in 0..<n { row[i] += factor * first[i] * z[i] }
    }
    if channels.hasLaplacian {
      channels.sumSquares(of: z, into: square)
      let z = z + (1 + channels.slopes) * n
      for i in 0..<n { row[i] += bend * (first[i] * z[i] + second[i] * square[i]) }
    }
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
    let n = channels.points
    var square = Scalar(0)
    for number in 0..<channels.slopes {
      let (slope, a) = (slopes[number], a + (1 + number) * n)
      square += slope * slope
      for i in 0..<n { a[i] = slope * first[i] }
    }
    if channels.hasLaplacian {
      let laplacian = a + (1 + channels.slopes) * n
      for i in 0..<n { laplacian[i] = square * second[i] }
    }
  }
}
