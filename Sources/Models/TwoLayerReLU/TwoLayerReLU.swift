import OptimKit

/// A two-layer ReLU network on its samples,
///
///     f_o(x) = (1/√m) Σ_r a_or max(0, w_rᵀx),   o < k,
///
/// the model of arXiv 2006.11648: the first layer W is trained, the signs a_or = ±1 of the second are drawn
/// once and stay fixed.
///
/// Parameters are W, m × d row-major: the weights of neuron r are elements r · d ..< (r + 1) · d. With a
/// bias, d counts a last feature that is always 1.
///
/// Linearization is one fused pass over tiles of W that keeps one bit per sample and neuron, n · m / 8
/// bytes; all products run from the bits. Neither the n k × m d Jacobian nor a dense n × m mask is formed.
public struct TwoLayerReLU<Scalar: RealScalar>: Sendable {
  /// The width m.
  public let width: Int

  /// The neurons of the whole network that these are: 0 ..< m, unless it is a part (`part(ofNeurons:)`).
  public let neurons: Range<Int>

  /// The width of the whole network, by whose root outputs are divided.
  public let wholeWidth: Int

  /// The number of outputs k of each sample.
  public let outputsPerSample: Int

  /// Whether a constant feature is appended to those given.
  public let hasBias: Bool

  /// a, k × m, each ±1.
  public let signs: Matrix<Scalar>

  let samples: ReLUSamples<Scalar>

  /// k × 64 · words: the signs padded with zeros to whole words of activation bits.
  let paddedSigns: [Scalar]

  /// k × words: bit r % 64 of word o · words + r / 64 is set where neuron r has a negative sign in output o.
  let negativeSigns: [UInt64]

  /// The number of features d of each sample, the bias included: the length of a neuron's weights.
  public var featureCount: Int { samples.features.columnCount }

  /// 1/√m, which kernels round to their scalar.
  var outputScale: Double { 1 / Double(wholeWidth).squareRoot() }

  /// 1/m, of products of two outputs.
  var gramScale: Scalar { 1 / Scalar(wholeWidth) }

  /// The number of samples n.
  public var sampleCount: Int { samples.features.rowCount }

  /// Creates a network with signs drawn from a seed.
  ///
  /// - Parameters:
  ///   - features: One row per sample. The theory assumes rows of unit length.
  ///   - width: m ≥ 1.
  ///   - outputsPerSample: k ≥ 1, each output with signs of its own; 1 by default.
  ///   - hasBias: Whether to append a constant feature; false by default.
  ///   - seed: The source of the signs; 0 by default.
  /// - Complexity: O(n d + k m).
  /// - Throws: `OptimKitError` where a size is not positive or a feature is NaN or infinite.
  public init(
    features: Matrix<Scalar>, width: Int, outputsPerSample: Int = 1, hasBias: Bool = false,
    seed: UInt64 = 0
  ) throws {
    guard width > 0, outputsPerSample > 0 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a network of width \(width) with \(outputsPerSample) outputs",
        remedy: "choose a positive width and number of outputs")
    }
    // Before signs are drawn for a network that cannot be.
    try Self.validateSize(
      width: width, features: features.columnCount + (hasBias ? 1 : 0), outputs: outputsPerSample,
      samples: features.rowCount)
    var signs = Matrix<Scalar>(rowCount: outputsPerSample, columnCount: width)
    var span = signs.storage.mutableSpan
    RandomKey(seed: seed, purpose: .signs).fillRademacher(&span)
    try self.init(features: features, signs: signs, hasBias: hasBias)
  }

  /// Creates a network with given signs.
  ///
  /// - Parameters:
  ///   - features: One row per sample.
  ///   - signs: k × m, each +1 or −1.
  ///   - hasBias: Whether to append a constant feature; false by default.
  /// - Complexity: O(n d + k m).
  /// - Throws: `OptimKitError` where a size is not positive, a feature is NaN or infinite, or a sign is not
  ///   ±1.
  public init(features: Matrix<Scalar>, signs: Matrix<Scalar>, hasBias: Bool = false) throws {
    guard signs.rowCount > 0, signs.columnCount > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "the matrix of signs is \(signs.rowCount) × \(signs.columnCount)",
        remedy: "pass one row per output and one column per neuron")
    }
    if let index = signs.storage.firstIndex(where: { abs($0) != 1 }) {
      throw OptimKitError(
        .invalidArgument, cause: "sign \(index) is \(signs.storage[index])",
        remedy: "pass +1 or -1 for each output and neuron")
    }
    try Self.validateSize(
      width: signs.columnCount, features: features.columnCount + (hasBias ? 1 : 0),
      outputs: signs.rowCount, samples: features.rowCount)
    self.init(
      samples: try ReLUSamples(features: features, hasBias: hasBias), signs: signs,
      hasBias: hasBias)
  }

  private static func validateSize(width: Int, features: Int, outputs: Int, samples: Int) throws {
    let products = [(width, features), (width, outputs), (samples, outputs)]
    for (first, second) in products {
      let (product, overflow) = first.multipliedReportingOverflow(by: second)
      guard !overflow, product <= Int32.max else {
        throw OptimKitError(
          .invalidArgument,
          cause: "a network of width \(width) on \(samples) samples of \(features) features with "
            + "\(outputs) outputs",
          remedy: "BLAS counts to \(Int32.max): choose a smaller width, or fewer samples or outputs"
        )
      }
    }
  }

  /// - Parameter part: Which neurons these are, of how many; all by default.
  init(
    samples: ReLUSamples<Scalar>, signs: Matrix<Scalar>, hasBias: Bool,
    part: (neurons: Range<Int>, wholeWidth: Int)? = nil
  ) {
    self.samples = samples
    neurons = part?.neurons ?? 0..<signs.columnCount
    wholeWidth = part?.wholeWidth ?? signs.columnCount
    self.signs = signs
    self.hasBias = hasBias
    width = signs.columnCount
    outputsPerSample = signs.rowCount
    let stride = (width + 63) / 64 * 64
    var padded = Scalar.zeros(outputsPerSample * stride)
    for output in 0..<signs.rowCount {
      padded.replaceSubrange(output * stride..<output * stride + width, with: signs.row(output))
    }
    paddedSigns = padded
    negativeSigns = Self.bitsOfNegativeSigns(in: padded)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func bitsOfNegativeSigns(in signs: [Scalar]) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: signs.count / 64)
    for position in signs.indices where signs[position] < 0 {
      words[position / 64] |= 1 << UInt64(position % 64)
    }
    return words
  }

  /// W₀ with independent standard normal elements, as the theory starts from; those of its neurons, where this is a part.
  ///
  /// - Complexity: O(m d).
  public func initialParameters(seed: UInt64 = 0) -> [Scalar] {
    var parameters = Scalar.zeros(parameterCount)
    var span = parameters.mutableSpan
    RandomKey(seed: seed, purpose: .initialWeights)
      .fillNormal(&span, from: neurons.lowerBound * featureCount)
    return parameters
  }

  /// The outputs on other samples: one row per sample, one column per output.
  ///
  /// - Complexity: O(samples · m d).
  /// - Throws: `OptimKitError` where sizes do not match or a feature is NaN or infinite.
  public func predictions(
    for features: Matrix<Scalar>, parameters: [Scalar]
  ) throws -> Matrix<Scalar> {
    guard parameters.count == parameterCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(parameters.count) parameters for a network of \(parameterCount)",
        remedy: "pass the \(width) × \(featureCount) weights that training returned")
    }
    let other = try replacingSamples(with: ReLUSamples(features: features, hasBias: hasBias))
    var outputs = Matrix<Scalar>(rowCount: features.rowCount, columnCount: outputsPerSample)
    var span = outputs.storage.mutableSpan
    other.evaluate(at: parameters.span, into: &span)
    return outputs
  }

  /// max_r ‖w_r − v_r‖, how far the neuron that moved most is from where it was. The theory bounds it by
  /// O(n / (λ √m)) over a whole training.
  ///
  /// - Complexity: O(m d).
  public func largestNeuronMovement(from start: [Scalar], to end: [Scalar]) -> Scalar {
    precondition(start.count == parameterCount && end.count == parameterCount)
    var difference = start
    var span = difference.mutableSpan
    Scalar.add(-1, end.span, to: &span)
    return (0..<width).reduce(0) { largest, neuron in
      let weights = neuron * featureCount..<(neuron + 1) * featureCount
      return max(largest, Scalar.norm(difference.span.extracting(weights)))
    }
  }

  /// The same network in `Float`, which its signs are exact in; nil where a feature overflows there.
  ///
  /// - Complexity: O(k m), and O(n d) once.
  func roundedToSinglePrecision() -> TwoLayerReLU<Float>? {
    samples.roundedToSinglePrecision().map {
      var rounded = Matrix<Float>(rowCount: signs.rowCount, columnCount: signs.columnCount)
      var span = rounded.storage.mutableSpan
      Scalar.roundToSinglePrecision(signs.storage.span, scaledBy: 1, into: &span)
      return TwoLayerReLU<Float>(
        samples: $0, signs: rounded, hasBias: hasBias, part: (neurons, wholeWidth))
    }
  }

  private func replacingSamples(with samples: ReLUSamples<Scalar>) throws -> Self {
    guard samples.features.columnCount == featureCount else {
      let given = samples.features.columnCount - (hasBias ? 1 : 0)
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(given) features for a network of \(featureCount - (hasBias ? 1 : 0))",
        remedy: "pass the features that the network was made for")
    }
    return Self(
      samples: samples, signs: signs, hasBias: hasBias, part: (neurons, wholeWidth))
  }
}

extension TwoLayerReLU {
  /// The same neurons on other features, the bias among them.
  func replacingFeatures(with features: Matrix<Scalar>) throws -> Self {
    Self(
      samples: try ReLUSamples(features: features, hasBias: false), signs: signs, hasBias: false,
      part: (neurons, wholeWidth))
  }
}

extension TwoLayerReLU: Restrictable {
  /// The same network on a subset of its samples.
  ///
  /// - Complexity: O(samples · d).
  /// - Throws: `OptimKitError` where a number is not that of a sample, or none is given.
  public func restricted(to samples: [Int]) throws -> Self {
    if let sample = samples.first(where: { !(0..<sampleCount).contains($0) }) {
      throw OptimKitError(
        .invalidArgument, cause: "sample \(sample) of a model of \(sampleCount) samples",
        remedy: "pass numbers from 0 to \(sampleCount - 1)")
    }
    return try replacingSamples(
      with: ReLUSamples(features: self.samples.features.selectingRows(samples), hasBias: false))
  }
}
