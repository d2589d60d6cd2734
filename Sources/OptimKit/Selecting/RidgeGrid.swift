import Foundation

/// The ridges of a regularisation path, from large to small.
public enum RidgeGrid: Hashable, Sendable, Codable {
  /// As given; sorted from large to small.
  case values([Double])

  /// `count` ridges evenly spaced by their logarithms, from ten times the largest eigenvalue of the Hessian at the start of
  /// the path, where all weights nearly vanish, down to `ratio` of that.
  case logarithmic(count: Int = 20, ratio: Double = 1e-6)

  /// The ridges.
  ///
  /// - Throws: ``OptimKitError`` where there are none, or one is negative or not finite.
  func ridges<Scalar: RealScalar>(
    of objective: CountedObjective<Scalar>, at start: [Scalar]
  ) throws -> [Double] {
    switch self {
    case .values(let values):
      guard !values.isEmpty, values.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw OptimKitError(
          .invalidArgument, cause: "a path over the ridges \(values)",
          remedy: "give at least one, all finite and not negative")
      }
      return values.sorted(by: >)
    case .logarithmic(let count, let ratio):
      guard count > 0, ratio > 0, ratio < 1 else {
        throw OptimKitError(
          .invalidArgument, cause: "a path over \(count) ridges down to \(ratio) of the largest",
          remedy: "choose a positive number and a ratio between 0 and 1")
      }
      let largest = 10 * (try Self.largestEigenvalue(of: objective, at: start))
      guard largest > 0, largest.isFinite else {
        throw OptimKitError(
          .invalidArgument, cause: "the Hessian at the start of a path has the norm \(largest)",
          remedy: "start elsewhere, or give the ridges")
      }
      return (0..<count).map { largest * pow(ratio, Double($0) / Double(max(1, count - 1))) }
    }
  }

  /// That of JᵀDJ, by 30 power iterations.
  private static func largestEigenvalue<Scalar: RealScalar>(
    of objective: CountedObjective<Scalar>, at start: [Scalar]
  ) throws -> Double {
    let linearization = try objective.linearize(at: start.span)
    let system = objective.system(at: linearization)
    var x = start
    var span = x.mutableSpan
    RandomKey(seed: 0, purpose: "regularization path").fillNormal(&span)
    var image = start
    var norm = Scalar(0)
    for _ in 0..<30 {
      Scalar.scale(&span, by: 1 / Scalar.norm(span.span))
      var imageSpan = image.mutableSpan
      try system.applyUndampedNormal(span.span, into: &imageSpan)
      norm = Scalar.norm(imageSpan.span)
      guard norm > 0, norm.isFinite else { break }
      Scalar.copy(imageSpan.span, into: &span)
    }
    return Double(norm)
  }
}
