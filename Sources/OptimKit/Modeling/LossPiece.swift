/// Some of the samples that a loss is summed over: where their outputs, targets and weights lie, and where
/// derivatives go.
///
/// It is valid while the loss that it is handed to runs.
public struct LossPiece<Scalar: RealScalar>: @unchecked Sendable {
  /// The outputs of all samples.
  public let outputs: UnsafePointer<Scalar>
  /// The targets of all samples.
  public let targets: UnsafePointer<Scalar>
  /// The weights of all samples.
  public let weights: UnsafePointer<Scalar>
  /// Where the gradient goes; nil where it is not wanted.
  public internal(set) var gradient: UnsafeMutablePointer<Scalar>?
  /// Where the curvature factor goes; nil where it is not wanted.
  public internal(set) var curvatureFactor: UnsafeMutablePointer<Scalar>?
  /// The outputs of each sample.
  public let outputsPerSample: Int
  /// The samples of this piece.
  public internal(set) var samples: Range<Int>

  /// All samples.
  package init(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int,
    gradient: UnsafeMutablePointer<Scalar>? = nil,
    curvatureFactor: UnsafeMutablePointer<Scalar>? = nil
  ) {
    precondition(outputs.count == targets.count)
    precondition(outputs.count == weights.count * outputsPerSample && outputs.count > 0)
    // Spans outlive the piece: whoever makes one holds them.
    self.outputs = outputs.withUnsafeBufferPointer { $0.baseAddress! }
    self.targets = targets.withUnsafeBufferPointer { $0.baseAddress! }
    self.weights = weights.withUnsafeBufferPointer { $0.baseAddress! }
    self.outputsPerSample = outputsPerSample
    self.gradient = gradient
    self.curvatureFactor = curvatureFactor
    samples = 0..<weights.count
  }

  /// The sum of `body` over pieces of 2¹³ outputs and more, some of them side by side.
  package func sumOfPieces(_ body: @Sendable (Self) -> Double) -> Double {
    let count = samples.count
    let pieces = max(1, min(64, count * outputsPerSample >> 13))
    guard pieces > 1 else { return body(self) }
    var sums = [Double](repeating: 0, count: pieces)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = Shared(sums)
      ThreadPool.forEach(pieces) { number in
        var piece = self
        piece.samples = ThreadPool.piece(number, of: pieces, in: samples)
        sums.pointer[number] = body(piece)
      }
    }
    return sums.reduce(0, +)
  }

  /// Σ w ℓ over the outputs of the piece; the gradient and the diagonal of C are written where they are wanted.
  ///
  /// - Parameters:
  ///   - scale: Times the unit roundoff, the least curvature.
  ///   - terms: The loss of one output and target, without its weight, and its two derivatives.
  @inlinable
  @inline(__always)
  public func sum(scale: Double, _ terms: (Double, Double) -> LossTerms) -> Double {
    let least = scale * Double(Scalar.unitRoundoff)
    var sum = 0.0
    for sample in samples {
      let weight = Double(weights[sample])
      for element in sample * outputsPerSample..<(sample + 1) * outputsPerSample {
        let term = terms(Double(outputs[element]), Double(targets[element]))
        // A silent sample stays silent where its loss is infinite.
        if weight != 0 { sum += weight * term.value }
        if let gradient, let curvatureFactor {
          gradient[element] = weight == 0 ? 0 : Scalar(weight * term.slope)
          let curvature = term.curvature > least ? term.curvature : least
          curvatureFactor[element] = weight == 0 ? 0 : Scalar((weight * curvature).squareRoot())
        }
      }
    }
    return sum
  }
}
