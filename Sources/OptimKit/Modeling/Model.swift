/// A parametrised function on its data: parameters θ in, one vector of outputs f(θ) out.
///
/// The model owns the inputs it is evaluated on, so that it can keep what depends on them alone. Its
/// outputs are ordered by sample: outputs of sample i are elements
/// i · `outputsPerSample` ..< (i + 1) · `outputsPerSample`.
///
/// - Caller must: pass spans of `parameterCount` and `outputCount` elements.
/// - Implementor must: return the same values for the same parameters. Validate data where the model is
///   made, not here.
/// - Implementor may: throw, where the model is not defined at these parameters; or write NaN or infinity,
///   which optimizers treat as a step too long.
public protocol Model<Scalar>: Sendable {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// The Jacobian that linearization hands out.
  associatedtype Jacobian: JacobianProvider<Scalar>

  /// The number of parameters p.
  var parameterCount: Int { get }

  /// The number of outputs over all samples.
  var outputCount: Int { get }

  /// The number of outputs of each sample; 1 unless the model says otherwise.
  var outputsPerSample: Int { get }

  /// The parameters that a ridge leaves out, such as intercepts; none unless the model says otherwise.
  var unregularizedParameters: [Int] { get }

  /// How the model is held in parts; nil, the default, where it is whole. `ShardedModel` has one.
  var sharding: Sharding? { get }

  /// outputs ← f(θ).
  func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) throws

  /// outputs ← f(θ) and the Jacobian at θ, in one pass.
  ///
  /// - Implementor must: write the same outputs as `evaluate`.
  func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) throws -> Jacobian
}

extension Model {
  /// One output per sample.
  public var outputsPerSample: Int { 1 }

  /// None.
  public var unregularizedParameters: [Int] { [] }

  /// Whole.
  public var sharding: Sharding? { nil }

  /// The number of samples.
  public var sampleCount: Int { outputCount / outputsPerSample }
}

/// A model that can be restricted to a subset of its samples, for mini-batches and validation.
public protocol Restrictable: Model {
  /// The same function of the same parameters on the samples with these numbers, in this order.
  ///
  /// - Throws: ``OptimKitError`` where a number is not that of a sample.
  func restricted(to samples: [Int]) throws -> Self
}
