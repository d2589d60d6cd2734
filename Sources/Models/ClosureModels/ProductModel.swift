import OptimKit

/// A function of the parameters with functions for the products with its Jacobian, which is never formed: for problems
/// too large for a matrix.
///
/// Optimizers that need rows of the Jacobian say so. Gauss-Newton with conjugate gradients, LSQR or LSMR needs none:
///
///     let optimizer = GaussNewton(solver: .lsmr())
public struct ProductModel<Scalar: RealScalar>: Model {
  /// The outputs at given parameters.
  public typealias Function = @Sendable (_ parameters: [Scalar]) throws -> [Scalar]
  /// A product of the Jacobian at given parameters with a vector.
  public typealias ProductFunction =
    @Sendable (_ parameters: [Scalar], _ vector: [Scalar]) throws -> [Scalar]

  /// The number of parameters p.
  public let parameterCount: Int
  /// The number of outputs n.
  public let outputCount: Int
  /// The number of outputs of each sample.
  public let outputsPerSample: Int
  private let function: Function
  fileprivate let product: ProductFunction
  fileprivate let transposedProduct: ProductFunction

  /// Creates a model.
  ///
  /// - Parameters:
  ///   - parameterCount: The number of parameters.
  ///   - outputCount: The number of outputs.
  ///   - outputsPerSample: The number of outputs of each sample; 1 by default.
  ///   - outputs: The outputs. It returns the same for the same parameters; where it is not defined, it returns NaN or
  ///     throws.
  ///   - product: J v, of n elements, for v of p elements.
  ///   - transposedProduct: Jᵀu, of p elements, for u of n elements.
  public init(
    parameterCount: Int, outputCount: Int, outputsPerSample: Int = 1,
    outputs: @escaping Function, product: @escaping ProductFunction,
    transposedProduct: @escaping ProductFunction
  ) {
    self.parameterCount = parameterCount
    self.outputCount = outputCount
    self.outputsPerSample = outputsPerSample
    self.function = outputs
    self.product = product
    self.transposedProduct = transposedProduct
  }

  /// outputs ← f(θ).
  ///
  /// - Throws: What the function throws; `OptimKitError` where it returns another number of outputs.
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) throws
  {
    try Scalar.store(function(Scalar.array(parameters)), "outputs", into: &outputs)
  }

  /// outputs ← f(θ) and the Jacobian at θ.
  ///
  /// - Complexity: One call of the function for the outputs.
  /// - Throws: What `evaluate` throws.
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) throws -> ProductJacobian<Scalar> {
    try evaluate(at: parameters, into: &outputs)
    return ProductJacobian(model: self, parameters: Scalar.array(parameters))
  }
}

/// The Jacobian of a ``ProductModel`` at one point.
public struct ProductJacobian<Scalar: RealScalar>: JacobianProvider {
  fileprivate let model: ProductModel<Scalar>
  fileprivate let parameters: [Scalar]

  /// The number of outputs n.
  public var rowCount: Int { model.outputCount }

  /// The number of parameters p.
  public var columnCount: Int { model.parameterCount }

  /// result ← J x.
  ///
  /// - Throws: What the function throws; `OptimKitError` where it returns another number of elements.
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try Scalar.store(
      model.product(parameters, Scalar.array(x)), "elements of J v", into: &result)
  }

  /// result ← Jᵀ u.
  ///
  /// - Throws: What the function throws; `OptimKitError` where it returns another number of elements.
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try Scalar.store(
      model.transposedProduct(parameters, Scalar.array(u)), "elements of Jᵀu", into: &result)
  }
}
