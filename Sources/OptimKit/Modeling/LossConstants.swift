/// What is known of a loss ℓ(f, y) of one sample as a function of its outputs f, whatever the target.
public struct LossConstants: Hashable, Sendable, Codable {
  /// β, the largest eigenvalue of ∂²ℓ/∂f² anywhere; nil where it is unbounded or not known.
  public var smoothness: Double?
  /// L, the Lipschitz constant of ∂²ℓ/∂f²; nil where there is none or it is not known.
  public var curvatureLipschitz: Double?
  /// γ, the smallest eigenvalue of ∂²ℓ/∂f² anywhere; 0 where there is no strong convexity.
  public var strongConvexity: Double
  /// M of generalised self-concordance, |ℓ‴[v, v, v]| ≤ M ‖v‖ ℓ″[v, v] for all v (Bach 2010, Electron. J. Statist. 4);
  /// nil where there is none or it is not known.
  public var selfConcordance: Double?

  /// Creates constants; nothing is known by default.
  public init(
    smoothness: Double? = nil, curvatureLipschitz: Double? = nil, strongConvexity: Double = 0,
    selfConcordance: Double? = nil
  ) {
    self.smoothness = smoothness
    self.curvatureLipschitz = curvatureLipschitz
    self.strongConvexity = strongConvexity
    self.selfConcordance = selfConcordance
  }
}
