import OptimKit

/// A fully connected network on its samples: any depth and widths, a linear output layer, every layer trained.
///
///     let model = try MultilayerPerceptron(features: matrix, hiddenWidths: [64, 64], activation: .tanh)
///     let objective = try LeastSquares(model, targets: targets)
///     let result = try minimize(objective, from: model.initialParameters(), using: .lbfgs())
///
/// Parameters are laid out as in ``NetworkArchitecture``. Evaluation, forward mode and backpropagation are products of
/// matrices over all samples.
public struct MultilayerPerceptron<Scalar: RealScalar>: Sendable {
  /// The shape of the network.
  public let architecture: NetworkArchitecture
  /// One row a sample.
  public let features: Matrix<Scalar>

  let pass: NetworkPass<Scalar>

  /// Creates a network with one activation for all hidden layers.
  ///
  /// - Parameters:
  ///   - features: One row a sample.
  ///   - hiddenWidths: The neurons of each hidden layer, from the features on.
  ///   - outputsPerSample: k; 1 by default.
  ///   - activation: tanh by default.
  /// - Complexity: O(n d).
  /// - Throws: `OptimKitError` where a size is not positive, or a feature is NaN or infinite.
  public init(
    features: Matrix<Scalar>, hiddenWidths: [Int], outputsPerSample: Int = 1,
    activation: Activation = .tanh
  ) throws {
    try self.init(
      features: features,
      architecture: NetworkArchitecture(
        inputCount: features.columnCount, hiddenWidths: hiddenWidths,
        outputCount: outputsPerSample, activation: activation))
  }

  /// Creates a network of a given architecture.
  ///
  /// - Complexity: O(n d).
  /// - Throws: `OptimKitError` where there is no sample, a feature is NaN or infinite, or features are not as many as
  ///   inputs.
  public init(features: Matrix<Scalar>, architecture: NetworkArchitecture) throws {
    try architecture.validate(points: features, called: "feature", of: "sample")
    self.init(checked: features, architecture)
  }

  private init(checked features: Matrix<Scalar>, _ architecture: NetworkArchitecture) {
    self.features = features
    self.architecture = architecture
    pass = NetworkPass(architecture: architecture, points: features, operator: .identity)
  }

  /// Random parameters as they suit the activations; see `NetworkArchitecture.initialParameters(seed:of:)`.
  ///
  /// - Complexity: O(p).
  public func initialParameters(seed: UInt64 = 0) -> [Scalar] {
    architecture.initialParameters(seed: seed)
  }

  /// The outputs on other samples: one row a sample, one column an output.
  ///
  /// - Complexity: O(samples · p).
  /// - Throws: `OptimKitError` where sizes do not match, or a feature is NaN or infinite.
  public func predictions(
    for features: Matrix<Scalar>, parameters: [Scalar]
  ) throws -> Matrix<Scalar> {
    try architecture.outputs(at: features, parameters: parameters)
  }
}

extension MultilayerPerceptron: Restrictable {
  /// The same network on a subset of its samples.
  ///
  /// - Complexity: O(samples · d).
  /// - Throws: `OptimKitError` where a number is not that of a sample, or none is given.
  public func restricted(to samples: [Int]) throws -> Self {
    guard !samples.isEmpty else {
      throw OptimKitError(
        .invalidArgument, cause: "a network on no samples", remedy: "give at least one")
    }
    if let sample = samples.first(where: { !(0..<sampleCount).contains($0) }) {
      throw OptimKitError(
        .invalidArgument, cause: "sample \(sample) of a model of \(sampleCount) samples",
        remedy: "pass numbers from 0 to \(sampleCount - 1)")
    }
    return Self(checked: features.selectingRows(samples), architecture)
  }
}

extension MultilayerPerceptron: Model {
  /// p.
  public var parameterCount: Int { architecture.parameterCount }

  /// k.
  public var outputsPerSample: Int { architecture.outputCount }

  /// n k.
  public var outputCount: Int { pass.outputCount }

  /// The biases, which a ridge leaves out.
  public var unregularizedParameters: [Int] { architecture.biases }

  /// outputs ← f(θ).
  ///
  /// - Complexity: O(n p).
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) {
    precondition(parameters.count == parameterCount && outputs.count == outputCount)
    NetworkPass.evaluate([pass], at: parameters, into: &outputs)
  }

  /// outputs ← f(θ), and the Jacobian at θ.
  ///
  /// - Complexity: O(n p).
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) -> MultilayerPerceptronJacobian<Scalar> {
    precondition(parameters.count == parameterCount && outputs.count == outputCount)
    NetworkPass.evaluate([pass], at: parameters, into: &outputs)
    return MultilayerPerceptronJacobian(
      linearization: NetworkLinearization(NetworkState(pass, at: parameters)))
  }
}
