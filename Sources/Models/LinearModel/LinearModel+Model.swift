import OptimKit

extension LinearModel: Model {
  /// d, and 1 with an intercept: the parameters of each output.
  var parametersPerOutput: Int { features.featureCount + (hasIntercept ? 1 : 0) }

  /// k (d + 1) with intercepts, k d without.
  public var parameterCount: Int { outputsPerSample * parametersPerOutput }

  /// n k.
  public var outputCount: Int { features.sampleCount * outputsPerSample }

  /// The intercepts.
  public var unregularizedParameters: [Int] {
    hasIntercept ? (1...outputsPerSample).map { $0 * parametersPerOutput - 1 } : []
  }

  /// outputs ← f(θ).
  ///
  /// - Complexity: O(n d k), less where features are sparse.
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) {
    let (weights, offsets) = effectiveWeights(parameters)
    features.multiply(weights.span, outputs: outputsPerSample, into: &outputs)
    if offsets.contains(where: { $0 != 0 }) { Self.add(offsets, to: &outputs) }
  }

  /// outputs ← f(θ) and the Jacobian, which is the same everywhere.
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) -> Features.Jacobian {
    evaluate(at: parameters, into: &outputs)
    return Features.makeJacobian(of: self)
  }

  /// W and b with W x + b = θ applied to z(x): standardisation undone.
  func effectiveWeights(_ parameters: Span<Scalar>) -> (weights: [Scalar], offsets: [Scalar]) {
    let count = features.featureCount
    let stride = parametersPerOutput
    var weights = Scalar.zeros(outputsPerSample * count)
    var offsets = Scalar.zeros(outputsPerSample)
    var span = weights.mutableSpan
    for output in 0..<outputsPerSample {
      let first = output * stride
      if hasIntercept { offsets[output] = parameters[first + count] }
      span.withSlice(output * count..<(output + 1) * count) { row in
        Scalar.copy(parameters.extracting(first..<first + count), into: &row)
        guard let scaling else { return }
        Self.divide(&row, by: scaling.scales)
        offsets[output] -= Scalar.dot(row.span, scaling.shifts.span)
      }
    }
    return (weights, offsets)
  }

  /// result ← the parameters' share of UᵀX, k × d, and of the sums of U over samples: the transposed of
  /// `effectiveWeights`.
  func pullBack(
    _ products: Span<Scalar>, sums: [Scalar], into result: inout MutableSpan<Scalar>
  ) {
    let count = features.featureCount
    let stride = parametersPerOutput
    for output in 0..<outputsPerSample {
      let first = output * stride
      result.withSlice(first..<first + count) { row in
        Scalar.copy(products.extracting(output * count..<(output + 1) * count), into: &row)
        guard let scaling else { return }
        Scalar.add(-sums[output], scaling.shifts.span, to: &row)
        Self.divide(&row, by: scaling.scales)
      }
      if hasIntercept { result[first + count] = sums[output] }
    }
  }

  /// result ← Jᵀu.
  func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    var products = Scalar.zeros(outputsPerSample * features.featureCount)
    var span = products.mutableSpan
    features.multiplyTransposed(u, outputs: outputsPerSample, into: &span)
    let needsSums = hasIntercept || scaling != nil
    let sums =
      needsSums ? Self.sums(u, outputs: outputsPerSample) : Scalar.zeros(outputsPerSample)
    pullBack(span.span, sums: sums, into: &result)
  }

  /// Sums over samples, in order.
  @specialized(where Features == DenseFeatures<Double>)
  @specialized(where Features == DenseFeatures<Float>)
  @specialized(where Features == SparseFeatures<Double>)
  @specialized(where Features == SparseFeatures<Float>)
  static func sums(_ u: Span<Scalar>, outputs: Int) -> [Scalar] {
    var sums = Scalar.zeros(outputs)
    for first in stride(from: 0, to: u.count, by: outputs) {
      for output in 0..<outputs { sums[output] += u[first + output] }
    }
    return sums
  }

  @specialized(where Features == DenseFeatures<Double>)
  @specialized(where Features == DenseFeatures<Float>)
  @specialized(where Features == SparseFeatures<Double>)
  @specialized(where Features == SparseFeatures<Float>)
  static func add(_ offsets: [Scalar], to outputs: inout MutableSpan<Scalar>) {
    for first in stride(from: 0, to: outputs.count, by: offsets.count) {
      for output in offsets.indices { outputs[first + output] += offsets[output] }
    }
  }

  @specialized(where Features == DenseFeatures<Double>)
  @specialized(where Features == DenseFeatures<Float>)
  @specialized(where Features == SparseFeatures<Double>)
  @specialized(where Features == SparseFeatures<Float>)
  private static func divide(_ x: inout MutableSpan<Scalar>, by divisors: [Scalar]) {
    for i in x.indices { x[i] /= divisors[i] }
  }
}
