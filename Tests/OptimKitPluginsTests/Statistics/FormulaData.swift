import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

/// 60 samples of three features and targets of every kind, by formulas that `scripts/reference-fits.py` repeats.
enum FormulaData {
  static let samples = 0..<60

  static let rows: [[Double]] = samples.map {
    let i = Double($0)
    return [sin(i), cos(2 * i) + 0.5, Double(7 * $0 % 11) / 5 - 1]
  }

  static let noise = samples.map { Double((37 * $0 + 11) % 60) / 60 }

  static let trend = rows.map { $0[0] - 0.5 * $0[1] + 0.8 * $0[2] }

  static let labels = zip(trend, noise).map { $0 + 4 * $1 - 2 > 0 ? 1.0 : 0 }

  static let counts = zip(trend, noise).map { floor(exp($0 / 2) * 3 * $1) }

  static let responses = zip(trend, noise).map { 1 + 2 * $0 + $1 - 0.5 }

  static let weights = samples.map { 1 + Double($0 % 3) / 2 }

  static func matrix() throws -> Matrix<Double> {
    try Matrix(rowCount: 60, columnCount: 3, storage: rows.flatMap { $0 })
  }

  static func model(
    isStandardized: Bool = false
  ) throws -> LinearModel<DenseFeatures<Double>> {
    try LinearModel(features: matrix(), isStandardized: isStandardized)
  }

  /// The minimum, to rounding.
  static func fit<M: Model, L: Loss>(_ objective: EmpiricalRisk<M, L>) throws -> [Double]
  where M.Scalar == Double {
    try minimize(
      objective, from: [Double](repeating: 0, count: objective.parameterCount),
      using: .newton(solver: .exact), until: [.gradientNorm(1e-11), .iterations(50)]
    ).parameters
  }
}

func expectClose(
  _ actual: [Double], _ expected: [Double], _ tolerance: Double = 1e-8,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, sourceLocation: sourceLocation)
  for (left, right) in zip(actual, expected) {
    #expect(
      abs(left - right) <= tolerance * abs(right), "\(left) instead of \(right)",
      sourceLocation: sourceLocation)
  }
}
