import OptimKit

/// Collects the findings of one conformance check.
package struct ConformanceFindings {
  package private(set) var issues: [String] = []

  package init() {}

  /// Adds a finding unless `condition` holds.
  package mutating func require(_ condition: Bool, _ issue: @autoclosure () -> String) {
    if !condition { issues.append(issue()) }
  }

  /// Runs a part of the check; an error that it throws is a finding.
  package mutating func attempt(_ what: String, _ body: (inout Self) throws -> Void) {
    do {
      try body(&self)
    } catch {
      issues.append("\(what) failed: \(error)")
    }
  }

  /// Requires ‖actual − expected‖ ≤ tolerance · scale; NaN is never close.
  package mutating func requireClose<Scalar: RealScalar>(
    _ actual: [Scalar], _ expected: [Scalar], scale: Scalar, tolerance: Scalar,
    _ what: @autoclosure () -> String
  ) {
    let error = distance(actual, expected)
    require(
      error <= tolerance * scale,
      "\(what()): they differ by \(error), more than \(tolerance) times \(scale)")
  }

  /// Requires equal bits.
  package mutating func requireSameBits<Scalar: RealScalar>(
    _ actual: [Scalar], _ expected: [Scalar], _ what: @autoclosure () -> String
  ) {
    require(haveSameBits(actual, expected), what())
  }

  /// Requires the bits that `body` returns to be the same with one, two and three threads.
  package mutating func requireThreadInvariance<Scalar: RealScalar>(
    _ what: String, _ body: () throws -> [Scalar]
  ) rethrows {
    let expected = try ThreadPool.withThreadCount(1, body)
    for count in [2, 3] {
      requireSameBits(
        try ThreadPool.withThreadCount(count, body), expected,
        "\(what) gives other bits with \(count) threads than with one")
    }
  }
}
