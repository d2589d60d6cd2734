import OptimKit

extension NetworkArchitecture {
  /// Random parameters as they suit the activations, biases 0 but for sines: for layers of n inputs and m outputs
  /// with
  ///
  /// - tanh, and the linear output layer: uniform in ±√(6 / (n + m)) (Glorot and Bengio, AISTATS 2010);
  /// - ReLU and GELU: normal with variance 2 / n (He et al., arXiv 1502.01852);
  /// - sines: uniform in ±1/n in the first layer and in ±√(6/n)/ω after it, and biases in ±1/√n
  ///   (arXiv 2006.09661).
  ///
  /// - Complexity: O(p).
  public func initialParameters<Scalar: RealScalar>(
    seed: UInt64 = 0, of type: Scalar.Type = Scalar.self
  ) -> [Scalar] {
    var parameters = Scalar.zeros(parameterCount)
    for (number, layer) in layers.enumerated() {
      let key = RandomKey(seed: seed, purpose: .initialWeights, iteration: number)
      let inputs = Double(layer.inputs)
      var weights = [Double](repeating: 0, count: layer.parameters.count)
      var span = weights.mutableSpan
      var biasBound = 0.0
      switch layer.activation {
      case .tanh, nil:
        let bound = (6 / (inputs + Double(layer.outputs))).squareRoot()
        key.fillUniform(&span, in: -bound..<bound)
      case .relu, .gelu:
        key.fillNormal(&span)
        Double.scale(&span, by: (2 / inputs).squareRoot())
      case .sine(let frequency):
        let bound = number == 0 ? 1 / inputs : (6 / inputs).squareRoot() / frequency
        key.fillUniform(&span, in: -bound..<bound)
        biasBound = 1 / inputs.squareRoot() / bound
      }
      for (index, parameter) in layer.parameters.enumerated() {
        let isBias = index % (layer.inputs + 1) == layer.inputs
        parameters[parameter] = Scalar(isBias ? biasBound * weights[index] : weights[index])
      }
    }
    return parameters
  }

  /// Random parameters for smooth functions on a box: neurons of the first layer have normal weights, of variance
  /// (`steepness` / side)² in each dimension, and bend about a point drawn evenly from the box; those after it are
  /// as in `initialParameters(seed:)`.
  ///
  /// A neuron that bends outside of the domain is almost linear in it, and little use to Gauss-Newton steps, which
  /// change weights by little.
  ///
  /// - Parameters:
  ///   - lower: The box's least coordinates, of `inputCount` elements.
  ///   - upper: Its largest ones.
  ///   - steepness: 2 by default.
  ///   - seed: The source of all randomness; 0 by default.
  /// - Complexity: O(p).
  /// - Throws: `OptimKitError` where the bounds are not of `inputCount` finite numbers in order, or the steepness is
  ///   not positive.
  public func initialParameters<Scalar: RealScalar>(
    bendingBetween lower: [Scalar], and upper: [Scalar], steepness: Double = 2, seed: UInt64 = 0
  ) throws -> [Scalar] {
    guard lower.count == inputCount, upper.count == inputCount,
      zip(lower, upper).allSatisfy({ $0 < $1 && ($1 - $0).isFinite })
    else {
      throw OptimKitError(
        .invalidArgument, cause: "a box from \(lower) to \(upper) for \(inputCount) inputs",
        remedy: "pass a lower and a larger upper bound for each input")
    }
    guard steepness > 0, steepness.isFinite else {
      throw OptimKitError(
        .invalidArgument, cause: "a steepness of \(steepness)",
        remedy: "choose a positive number, such as 2")
    }
    var parameters: [Scalar] = initialParameters(seed: seed)
    guard let layer = layers.first, layer.activation != nil else { return parameters }
    let key = RandomKey(seed: seed, purpose: .initialWeights)
    var normal = key.with(purpose: "slopes of first neurons").stream()
    var uniform = key.with(purpose: "bends of first neurons").stream()
    for neuron in 0..<layer.outputs {
      let start = neuron * (inputCount + 1)
      var bias = Scalar(0)
      for input in 0..<inputCount {
        let side = upper[input] - lower[input]
        let weight = Scalar(steepness) / side * (normal.normal() as Scalar)
        parameters[start + input] = weight
        bias -= weight * (lower[input] + side * uniform.uniform(as: Scalar.self))
      }
      parameters[start + inputCount] = bias
    }
    return parameters
  }
}
