/// When the fits of a path end.
public struct PathTolerance: Hashable, Sendable, Codable {
  /// A fit has converged at this norm of the gradient relative to that at the start of the path.
  public var relativeGradientNorm: Double
  /// The most steps of a fit.
  public var iterations: Int

  /// Creates a tolerance.
  public init(relativeGradientNorm: Double = 1e-8, iterations: Int = 100) {
    self.relativeGradientNorm = relativeGradientNorm
    self.iterations = iterations
  }
}
