import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// Reference numbers: scripts/reference-fits.py, with statsmodels.
@Suite struct LeastSquaresStatisticsTests {
  static func objective() throws -> LeastSquares<LinearModel<DenseFeatures<Double>>> {
    try EmpiricalRisk(
      FormulaData.model(), targets: FormulaData.responses, weights: FormulaData.weights)
  }

  static func statistics(
    variance: Dispersion = .estimated
  ) throws -> LeastSquaresStatistics {
    let objective = try objective()
    return try LeastSquaresStatistics(
      of: objective, at: FormulaData.fit(objective), names: ["a", "b", "c", "d"],
      variance: variance)
  }

  @Test func weightedLeastSquaresAgreesWithStatsmodels() throws {
    let statistics = try Self.statistics()
    let estimates = statistics.estimates
    expectClose(
      estimates.values,
      [2.0378931357441514, -1.0414124079529183, 1.6126422737817112, 1.009987858460119], 1e-12)
    expectClose(
      estimates.standardErrors,
      [
        0.054801786352496315, 0.05364694135941458, 0.059893293653949194, 0.047321483406802915,
      ], 1e-12)
    expectClose(
      estimates.pValues,
      [
        3.623268807481309e-41, 1.5382235005609638e-26, 9.93115848242218e-34,
        1.416043736517127e-28,
      ], 1e-10)
    let rSquared = try #require(statistics.rSquared)
    let logLikelihood = try #require(statistics.logLikelihood)
    expectClose(
      [rSquared, try #require(statistics.adjustedRSquared), logLikelihood],
      [0.9793650163307014, 0.978259570776989, -11.129543219051726], 1e-11)
    #expect(statistics.degreesOfFreedom == 56)
    // Four parameters and a variance.
    expectClose([try #require(statistics.aic)], [-2 * logLikelihood + 10], 1e-14)
    expectClose([try #require(statistics.aicc)], [-2 * logLikelihood + 10 + 60 / 54.0], 1e-14)
    expectClose([try #require(statistics.bic)], [-2 * logLikelihood + 5 * log(60)], 1e-14)
    let correlation = estimates.correlation
    #expect((0..<4).allSatisfy { correlation[$0, $0] == 1 })
    #expect(abs(correlation[0, 1]) < 1 && correlation[0, 1] == correlation[1, 0])
    let data = try JSONEncoder().encode(statistics)
    #expect(try JSONDecoder().decode(LeastSquaresStatistics.self, from: data) == statistics)
    for text in ["a ", "std. error", "R²", "BIC", "60 observations"] {
      #expect("\(statistics)".contains(text), "\(text)")
    }
  }

  @Test func bandsAgreeWithStatsmodels() throws {
    let statistics = try Self.statistics()
    let model = try LinearModel(
      features: Matrix(rowCount: 2, columnCount: 3, storage: [0.5, -0.25, 2, 0, 0, 0]))
    let bands = try statistics.bands(of: model, level: 0.9)
    #expect(bands.count == 2)
    let band = bands[0]
    expectClose(
      [
        band.value, band.standardError, band.confidence.lowerBound, band.confidence.upperBound,
        band.prediction.lowerBound, band.prediction.upperBound,
      ],
      [
        5.514572075883847, 0.13520836848273335, 5.288433064034015, 5.740711087733679,
        4.868116012088425, 6.161028139679269,
      ], 1e-11)
    // At the origin the model is its intercept.
    expectClose([bands[1].standardError], [statistics.estimates.standardErrors[3]], 1e-14)
    let narrow = Matrix<Double>(rowCount: 1, columnCount: 3)
    #expect(errorKind { try statistics.bands(at: [1], jacobian: narrow) } == .dimensionMismatch)
    #expect(errorKind { try statistics.bands(of: model, level: 1) } == .invalidArgument)
  }

  /// With weights 1/σ² and a known variance the covariance is (JᵀWJ)⁻¹, and statistics are normal.
  @Test func knownVarianceScalesTheCovariance() throws {
    let estimated = try Self.statistics()
    let known = try Self.statistics(variance: .known(4))
    let deviation = try #require(estimated.residualStandardDeviation)
    expectClose(
      known.estimates.standardErrors,
      estimated.estimates.standardErrors.map { $0 * 2 / deviation }, 1e-13)
    #expect(known.estimates.degreesOfFreedom == nil)
    #expect(known.estimates.distribution == .normal)
  }

  /// Columns at scales that differ by 10¹² lose nothing, where normal equations would.
  @Test func scalesOfParametersDoNotMatter() throws {
    let scales = [1e-8, 1, 1e4]
    let features = try Matrix(
      rowCount: 60, columnCount: 3,
      storage: FormulaData.rows.flatMap { row in (0..<3).map { row[$0] * scales[$0] } })
    let objective = try EmpiricalRisk(
      LinearModel(features: features), targets: FormulaData.responses,
      weights: FormulaData.weights)
    let plain = try Self.statistics()
    let parameters = (0..<4).map { plain.estimates.values[$0] / ($0 < 3 ? scales[$0] : 1) }
    let statistics = try LeastSquaresStatistics(of: objective, at: parameters)
    #expect(statistics.fit.warnings.isEmpty)
    expectClose(
      (0..<4).map { statistics.estimates.standardErrors[$0] * ($0 < 3 ? scales[$0] : 1) },
      plain.estimates.standardErrors, 1e-11)
  }

  /// Samples without a weight are no observations.
  @Test func samplesWithoutWeightDoNotCount() throws {
    let kept = FormulaData.samples.filter { $0 % 4 != 0 }
    let whole = try EmpiricalRisk(
      FormulaData.model(), targets: FormulaData.responses,
      weights: FormulaData.samples.map { $0 % 4 == 0 ? 0 : FormulaData.weights[$0] })
    let part = try Self.objective().restricted(to: kept)
    let parameters = try FormulaData.fit(part)
    let left = try LeastSquaresStatistics(of: whole, at: parameters)
    let right = try LeastSquaresStatistics(of: part, at: parameters)
    #expect(left.fit.observationCount == 45 && left.degreesOfFreedom == 41)
    expectClose(left.estimates.standardErrors, right.estimates.standardErrors, 1e-13)
    expectClose([left.rSquared!, left.bic!], [right.rSquared!, right.bic!], 1e-12)
  }

  @Test func refusesOtherLossesAndTooFewObservations() throws {
    let logistic = try EmpiricalRisk(
      model: FormulaData.model(), loss: LogisticLoss(), targets: FormulaData.labels)
    let zeros = [0.0, 0, 0, 0]
    #expect(
      errorKind { try LeastSquaresStatistics(of: logistic, at: zeros) } == .invalidArgument)
    let few = try Self.objective().restricted(to: [0, 1, 2, 3])
    #expect(errorKind { try LeastSquaresStatistics(of: few, at: zeros) } == .invalidArgument)
    let known = try LeastSquaresStatistics(of: few, at: zeros, variance: .known(1))
    #expect(known.residualStandardDeviation == nil && known.estimates.standardErrors[0] > 0)
  }

  /// A fixed parameter is known; one at a bound too, with a warning.
  @Test func parametersAtBoundsAreKnown() throws {
    let objective = try Self.objective()
    let free = try FormulaData.fit(objective)
    let names = ["a", "b", "c", "d"]
    let fixed = try objective.fixing([1], at: free)
    let statistics = try LeastSquaresStatistics(of: fixed, at: free, names: names)
    let expected = try LeastSquaresStatistics(of: objective, at: free, names: names, fixed: [1])
    #expect(statistics == expected && statistics.fit.warnings.isEmpty)
    #expect(statistics.estimates.fixed == [1] && statistics.estimates.standardErrors[1] == 0)
    #expect(statistics.degreesOfFreedom == 57)
    let bounds = try ParameterBounds<Double>(
      lower: [-.infinity, -.infinity, -.infinity, free[3]],
      upper: [Double](repeating: .infinity, count: 4))
    let bounded = try LeastSquaresStatistics(
      of: fixed.bounded(by: bounds), at: free, names: names)
    #expect(bounded.estimates.fixed == [1, 3] && bounded.degreesOfFreedom == 58)
    #expect(bounded.fit.warnings.count == 1 && bounded.fit.warnings[0].contains("bound"))
    #expect(bounded.fit.warnings[0].contains(": d;"))
    let all = try objective.fixing([0, 1, 2, 3], at: free)
    #expect(errorKind { try LeastSquaresStatistics(of: all, at: free) } == .invalidArgument)
  }
}
