/// The objective F(θ) = Σᵢ wᵢ ℓ(fᵢ(θ), yᵢ) + (λ/2)‖θ‖² of a model and a loss.
///
/// With the squared loss it is (nonlinear) least squares; with a linear model and a convex loss, convex
/// empirical risk minimisation.
public struct EmpiricalRisk<M: Model, L: Loss>: Objective {
  /// The scalar type of the model.
  public typealias Scalar = M.Scalar

  /// The model, on its data.
  public let model: M
  /// The loss.
  public let loss: L
  /// One target per output of the model.
  public let targets: [Scalar]
  /// One weight per sample; all 1 by default.
  public let weights: [Scalar]
  /// λ, not negative; 0 by default.
  public let ridge: Scalar

  /// Creates an objective.
  ///
  /// - Parameters:
  ///   - model: The model, on its data.
  ///   - loss: The loss.
  ///   - targets: One target per output of the model, ordered by sample.
  ///   - weights: One weight per sample, not negative and not all 0; all 1 by default.
  ///   - ridge: λ ≥ 0; 0 by default.
  /// - Throws: ``OptimKitError`` where a count does not match, a number is NaN, infinite or outside its
  ///   domain, or there is no sample or parameter.
  /// - Complexity: O(n).
  public init(
    model: M, loss: L, targets: [Scalar], weights: [Scalar]? = nil, ridge: Scalar = 0
  ) throws {
    guard let sharding = model.sharding else {
      try self.init(
        validating: model, loss: loss, targets: targets, weights: weights, ridge: ridge)
      guard self.weights.contains(where: { $0 > 0 }) else { throw Self.weightlessError }
      return
    }
    try sharding.reduction.requireSame(
      "\(loss), ridge \(ridge), \(Scalar.typeName)", "loss or ridge")
    let isEmpty = sharding.range.isEmpty
    self = try sharding.reduction.together {
      try Self(
        validating: model, loss: loss, targets: targets,
        weights: isEmpty ? Scalar.zeros(model.sampleCount) : weights, ridge: ridge)
    }
    try requireAgreement(over: sharding)
  }

  /// Checks what a rank can see by itself.
  private init(
    validating model: M, loss: L, targets: [Scalar], weights: [Scalar]?, ridge: Scalar
  ) throws {
    try Self.validateSizes(of: model, targets: targets.count, weights: weights?.count)
    let samples = model.sampleCount
    if let index = Scalar.firstNonFiniteIndex(in: targets.span) {
      throw OptimKitError(
        .nonFiniteValue, cause: "target \(index) is \(targets[index])",
        remedy: "remove the sample or replace the value")
    }
    let weights = weights ?? [Scalar](repeating: 1, count: samples)
    if let index = weights.firstIndex(where: { !($0.isFinite && $0 >= 0) }) {
      throw OptimKitError(
        .invalidArgument, cause: "weight \(index) is \(weights[index])",
        remedy: "pass finite weights that are not negative")
    }
    guard ridge.isFinite, ridge >= 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "the ridge is \(ridge)",
        remedy: "pass a finite number that is not negative")
    }
    try loss.validate(targets: targets.span, outputsPerSample: model.outputsPerSample)
    let unregularized = model.unregularizedParameters
    guard unregularized.allSatisfy((0..<model.parameterCount).contains),
      Set(unregularized).count == unregularized.count
    else {
      throw OptimKitError(
        .invalidArgument,
        cause: "the model leaves parameters \(unregularized) out of the ridge, of "
          + "\(model.parameterCount)",
        remedy: "let it list numbers of parameters, each once")
    }
    self.model = model
    self.loss = loss
    self.targets = targets
    self.weights = weights
    self.ridge = ridge
  }

  private static var weightlessError: OptimKitError {
    OptimKitError(
      .invalidArgument, cause: "all weights are 0", remedy: "give at least one sample a weight")
  }

  /// Throws on all ranks where none has weights, or what each should have differs.
  private func requireAgreement(over sharding: Sharding) throws {
    switch sharding.side {
    case .samples:
      let weightiest = Double(weights.max() ?? 0)
      guard try sharding.reduction.gather(weightiest).contains(where: { $0 > 0 }) else {
        throw Self.weightlessError
      }
    case .parameters:
      try sharding.reduction.requireSame(
        "checksums \(CRC32.checksum(ofElements: targets)) and \(CRC32.checksum(ofElements: weights))",
        "the targets or weights")
    }
  }

  private static func validateSizes(of model: M, targets: Int, weights: Int?) throws {
    let outputsPerSample = model.outputsPerSample
    guard outputsPerSample > 0, model.outputCount % outputsPerSample == 0 else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "the model has \(model.outputCount) outputs, \(outputsPerSample) per sample",
        remedy: "let outputsPerSample be positive and a divisor of outputCount")
    }
    guard model.outputCount > 0, model.parameterCount > 0 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "the model has \(model.outputCount) outputs and \(model.parameterCount) parameters",
        remedy: "give it at least one sample and one parameter")
    }
    guard max(model.outputCount, model.parameterCount) <= Int32.max else {
      throw OptimKitError(
        .invalidArgument,
        cause: "the model has \(model.outputCount) outputs and \(model.parameterCount) parameters",
        remedy: "BLAS counts to \(Int32.max): split the samples or the parameters")
    }
    guard targets == model.outputCount else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(targets) targets for \(model.outputCount) outputs",
        remedy: "pass one target per output, ordered by sample")
    }
    if let weights, weights != model.sampleCount {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(weights) weights for \(model.sampleCount) samples",
        remedy: "pass one weight per sample")
    }
  }

  /// The number of parameters p.
  public var parameterCount: Int { model.parameterCount }

  /// The number of outputs over all samples.
  public var outputCount: Int { model.outputCount }

  /// The number of samples, over all ranks.
  public var sampleCount: Int {
    model.sharding.flatMap { $0.side == .samples ? $0.wholeCount : nil } ?? model.sampleCount
  }

  /// F(θ).
  ///
  /// - Complexity: That of the model's evaluation.
  public func value(at parameters: Span<Scalar>) throws -> Scalar {
    var outputs = Scalar.zeros(outputCount)
    var span = outputs.mutableSpan
    try model.evaluate(at: parameters, into: &span)
    let value = loss.value(
      outputs: outputs.span, targets: targets.span, weights: weights.span,
      outputsPerSample: model.outputsPerSample)
    return try addingRidge(to: value, parameters)
  }

  /// F(θ), the Jacobian, and the loss's derivatives.
  ///
  /// - Complexity: That of the model's linearization.
  public func linearize(at parameters: Span<Scalar>) throws -> Linearization<Scalar> {
    var outputs = Scalar.zeros(outputCount)
    var outputSpan = outputs.mutableSpan
    let jacobian = try model.linearize(at: parameters, outputs: &outputSpan)
    var gradient = Scalar.zeros(outputCount)
    let order = loss.hasBlockCurvature ? model.outputsPerSample : 1
    var factor = Scalar.zeros(outputCount * order)
    var gradientSpan = gradient.mutableSpan
    var factorSpan = factor.mutableSpan
    let value = loss.linearize(
      outputs: outputs.span, targets: targets.span, weights: weights.span,
      outputsPerSample: model.outputsPerSample, gradient: &gradientSpan,
      curvatureFactor: &factorSpan)
    return Linearization(
      value: try addingRidge(to: value, parameters), outputs: outputs, jacobian: jacobian,
      outputGradient: gradient,
      curvatureFactor: order > 1
        ? .blocks(order: order, elements: factor) : .diagonal(factor))
  }

  /// That of the model.
  public var sharding: Sharding? { model.sharding }

  /// The parameters that the model leaves out of the ridge.
  public var unregularizedParameters: [Int] { model.unregularizedParameters }

  /// Those of the loss.
  public var lossConstants: LossConstants { loss.constants }

  /// Whether the loss is.
  public var isLossConvex: Bool { loss.isConvex }

  /// F from the loss of the outputs at hand.
  private func addingRidge(to value: Scalar, _ parameters: Span<Scalar>) throws -> Scalar {
    let ridgeTerm = ridgeTerm(parameters)
    guard let sharding else { return value + ridgeTerm }
    switch sharding.side {
    case .samples: return try sharding.sum(value, .model) + ridgeTerm
    case .parameters: return ridge > 0 ? try sharding.sum(ridgeTerm, .model) + value : value
    }
  }

  private func ridgeTerm(_ parameters: Span<Scalar>) -> Scalar {
    guard ridge > 0 else { return 0 }
    // The rest is summed as it is, not as the difference of two sums that may be far larger.
    var start = 0
    var sum = Scalar(0)
    for end in unregularizedParameters.sorted() + [parameters.count] {
      let part = parameters.extracting(start..<end)
      sum += Scalar.dot(part, part)
      start = end + 1
    }
    return ridge / 2 * sum
  }
}
