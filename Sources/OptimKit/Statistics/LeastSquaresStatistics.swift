import Foundation

/// What a least-squares fit says, linear or not: estimates with their covariance, the noise, and criteria that compare
/// models.
///
///     let statistics = try LeastSquaresStatistics(of: objective, at: result.parameters, names: ["a", "b"])
///     print(statistics)
///     let bands = try statistics.bands(of: modelOnNewPoints)
///
/// Covariances are s² (JᵀWJ)⁻¹, by Householder QR of √W J with columns scaled to unit length; for nonlinear models they
/// rest on the linearization at the minimum.
public struct LeastSquaresStatistics: Hashable, Sendable, Codable {
  /// Estimates, degrees of freedom, warnings.
  public let fit: FitStatistics
  /// Σᵢ wᵢ (fᵢ − yᵢ)².
  public let residualSumOfSquares: Double
  /// Σᵢ wᵢ (yᵢ − ȳ)² around the weighted mean.
  public let totalSumOfSquares: Double
  /// The logarithm of the Gaussian likelihood at its maximum over θ and the variance; nil where the fit is exact.
  public let logLikelihood: Double?

  /// Measures a fit.
  ///
  /// - Parameters:
  ///   - objective: Least squares, such as ``EmpiricalRisk`` with the squared loss.
  ///   - parameters: θ at the minimum.
  ///   - names: A name for each parameter; "θ0", "θ1", … by default.
  ///   - fixed: Parameters that are taken as known, as those at a bound of the objective are in any case: they have no
  ///     standard errors, and do not count.
  ///   - variance: The variance of an observation of weight 1: estimated as s² by default, or known, as where weights are
  ///     1/σᵢ² and it is 1.
  /// - Complexity: One linearization and O((n + p) p²).
  /// - Throws: ``OptimKitError`` where the loss is not the squared loss, or there are no more observations than
  ///   parameters; what ``FitStatistics`` throws.
  public init<O: Objective>(
    of objective: O, at parameters: [O.Scalar], names: [String]? = nil, fixed: Set<Int> = [],
    variance: Dispersion = .estimated
  ) throws {
    let constants = objective.lossConstants
    guard constants.smoothness == 1, constants.strongConvexity == 1 else {
      throw OptimKitError(
        .invalidArgument, cause: "statistics of least squares for a loss that is not squared",
        remedy: "use FitStatistics")
    }
    fit = try FitStatistics(
      of: objective, at: parameters, names: names, fixed: fixed, dispersion: variance)
    let residuals = try WeightedResiduals(objective.linearize(at: parameters.span))
    residualSumOfSquares = residuals.sumOfSquares
    totalSumOfSquares = residuals.totalSumOfSquares
    let count = Double(fit.observationCount)
    logLikelihood =
      residualSumOfSquares > 0
      ? (residuals.sumOfLogWeights - count * (log(2 * .pi * residualSumOfSquares / count) + 1)) / 2
      : nil
  }

  /// θ and its covariance.
  public var estimates: ParameterEstimates { fit.estimates }

  /// n − p.
  public var degreesOfFreedom: Double { fit.residualDegreesOfFreedom }

  /// s = (Σ w r² / (n − p))^½; nil where n ≤ p.
  public var residualStandardDeviation: Double? {
    degreesOfFreedom > 0 ? (residualSumOfSquares / degreesOfFreedom).squareRoot() : nil
  }

  /// R² = 1 − Σ w r² / Σ w (y − ȳ)²; nil where all targets are the same.
  public var rSquared: Double? {
    totalSumOfSquares > 0 ? 1 - residualSumOfSquares / totalSumOfSquares : nil
  }

  /// 1 − (1 − R²)(n − 1)/(n − p).
  public var adjustedRSquared: Double? {
    guard let rSquared, degreesOfFreedom > 0 else { return nil }
    return 1 - (1 - rSquared) * Double(fit.observationCount - 1) / degreesOfFreedom
  }

  /// The number of parameters that information criteria count: p, and the variance of the noise.
  private var countedParameters: Double { fit.effectiveParameterCount + 1 }

  /// Akaike's −2 log L + 2 k; k counts the variance of the noise.
  public var aic: Double? { logLikelihood.map { 2 * (countedParameters - $0) } }

  /// AIC + 2 k (k + 1) / (n − k − 1), for small samples; nil where n ≤ k + 1.
  public var aicc: Double? {
    let rest = Double(fit.observationCount) - countedParameters - 1
    guard let aic, rest > 0 else { return nil }
    return aic + 2 * countedParameters * (countedParameters + 1) / rest
  }

  /// Schwarz's −2 log L + k log n.
  public var bic: Double? {
    logLikelihood.map { countedParameters * log(Double(fit.observationCount)) - 2 * $0 }
  }
}

extension LeastSquaresStatistics: CustomStringConvertible {
  /// The table of estimates, and the quality of the fit.
  public var description: String {
    func line(_ values: [(String, Double?)]) -> String {
      values.compactMap { name, value in value.map { "\(name) \(String(format: "%.6g", $0))" } }
        .joined(separator: ", ")
    }
    return
      ([
        estimates.description,
        "\(fit.observationCount) observations, "
          + line([
            ("degrees of freedom", degreesOfFreedom),
            ("residual standard deviation", residualStandardDeviation),
          ]),
        line([
          ("R²", rSquared), ("adjusted R²", adjustedRSquared), ("AIC", aic), ("AICc", aicc),
          ("BIC", bic),
        ]),
      ] + fit.warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }
}
