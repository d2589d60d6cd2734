import OptimKit

/// The squared loss ℓ(f, y) = ½ (f − y)², for regression and for the theory of wide networks.
///
/// Gradient w (f − y), curvature w: the Gauss-Newton matrix is JᵀWJ and the whitened residual √w (f − y).
/// Smoothness β = 1 in the outputs; the curvature is constant.
public struct SquaredLoss: Loss, Hashable {
  /// Creates the loss.
  public init() {}

  /// Always: ½ (f − y)² is convex in f.
  public var isConvex: Bool { true }

  /// β = γ = 1; the curvature is constant.
  public var constants: LossConstants {
    LossConstants(
      smoothness: 1, curvatureLipschitz: 0, strongConvexity: 1, selfConcordance: 0)
  }

  /// Σᵢ wᵢ ½ ‖fᵢ − yᵢ‖².
  ///
  /// - Complexity: O(n).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func value<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int
  ) -> Scalar {
    var sum = Scalar(0)
    var element = 0
    for sample in weights.indices {
      var square = Scalar(0)
      for _ in 0..<outputsPerSample {
        let residual = outputs[element] - targets[element]
        square += residual * residual
        element += 1
      }
      sum += weights[sample] * square
    }
    return sum / 2
  }

  /// The value; gradient ← w (f − y); curvatureFactor ← √w.
  ///
  /// - Complexity: O(n).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func linearize<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int,
    gradient: inout MutableSpan<Scalar>, curvatureFactor: inout MutableSpan<Scalar>
  ) -> Scalar {
    var element = 0
    for sample in weights.indices {
      let weight = weights[sample]
      let factor = weight.squareRoot()
      for _ in 0..<outputsPerSample {
        gradient[element] = weight * (outputs[element] - targets[element])
        curvatureFactor[element] = factor
        element += 1
      }
    }
    return value(
      outputs: outputs, targets: targets, weights: weights, outputsPerSample: outputsPerSample)
  }
}

/// Least squares, linear or not: empirical risk with the squared loss.
public typealias LeastSquares<M: Model> = EmpiricalRisk<M, SquaredLoss>

extension EmpiricalRisk where L == SquaredLoss {
  /// Creates a least-squares objective Σᵢ wᵢ ½ ‖fᵢ(θ) − yᵢ‖² + (λ/2)‖θ‖².
  ///
  /// - Parameters:
  ///   - model: The model, on its data.
  ///   - targets: One target per output of the model, ordered by sample.
  ///   - weights: One weight per sample, not negative and not all 0; all 1 by default.
  ///   - ridge: λ ≥ 0; 0 by default.
  /// - Throws: `OptimKitError` where an argument is outside its domain.
  public init(
    _ model: M, targets: [Scalar], weights: [Scalar]? = nil, ridge: Scalar = 0
  ) throws {
    try self.init(
      model: model, loss: SquaredLoss(), targets: targets, weights: weights, ridge: ridge)
  }
}

extension SquaredLoss: ResponseLoss {}
