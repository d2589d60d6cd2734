import OptimKit

/// Collects the findings of one conformance check.
struct ConformanceFindings {
  private(set) var issues: [String] = []

  /// Adds a finding unless `condition` holds.
  mutating func require(_ condition: Bool, _ issue: @autoclosure () -> String) {
    if !condition { issues.append(issue()) }
  }

  /// Runs a part of the check; an error that it throws is a finding.
  mutating func attempt(_ what: String, _ body: (inout Self) throws -> Void) {
    do {
      try body(&self)
    } catch {
      issues.append("\(what) failed: \(error)")
    }
  }

  /// Requires ‖actual − expected‖ ≤ tolerance · scale; NaN is never close.
  mutating func requireClose<Scalar: RealScalar>(
    _ actual: [Scalar], _ expected: [Scalar], scale: Scalar, tolerance: Scalar,
    _ what: @autoclosure () -> String
  ) {
    let error = distance(actual, expected)
    require(
      error <= tolerance * scale,
      "\(what()): they differ by \(error), more than \(tolerance) times \(scale)")
  }

  /// Requires equal bits.
  mutating func requireSameBits<Scalar: RealScalar>(
    _ actual: [Scalar], _ expected: [Scalar], _ what: @autoclosure () -> String
  ) {
    require(haveSameBits(actual, expected), what())
  }
}
