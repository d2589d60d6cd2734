import OptimKit

/// Differences of two methods on the same cases: their mean, and what Student's paired test makes of it.
package struct PairedDifferences: Sendable {
  /// The mean of first − second.
  package let mean: Double
  /// The standard error of the mean; 0 where all differences are the same.
  package let standardError: Double
  /// The p-value of the hypothesis that the mean difference is 0, two-sided; 1 where all differences are 0.
  package let probability: Double
  /// The two-sided 95 % confidence interval of the mean.
  package let interval: ClosedRange<Double>

  /// Compares two methods on the same cases.
  ///
  /// - Throws: `OptimKitError` with fewer than two cases, or where counts differ.
  package init(_ first: [Double], _ second: [Double]) throws {
    guard first.count == second.count, first.count > 1 else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(first.count) and \(second.count) results to compare in pairs",
        remedy: "give as many of both, at least two")
    }
    let differences = zip(first, second).map { $0 - $1 }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let error = (variance / count).squareRoot()
    let distribution = try StudentDistribution(degreesOfFreedom: count - 1)
    let reach = try distribution.criticalValue(level: 0.95) * error
    self.mean = mean
    standardError = error
    probability =
      error > 0 ? distribution.twoSidedProbability(of: mean / error) : mean == 0 ? 1 : 0
    interval = mean - reach...mean + reach
  }
}
