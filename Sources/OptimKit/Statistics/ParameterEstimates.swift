/// Estimates of parameters and their covariance: standard errors, tests against 0, confidence intervals, correlations,
/// and a table of all that.
public struct ParameterEstimates: Hashable, Sendable, Codable {
  /// A name for each parameter.
  public let names: [String]
  /// θ.
  public let values: [Double]
  /// The covariance; zeros in rows and columns of parameters that are held fixed.
  public let covariance: Matrix<Double>
  /// ν of the t distribution that statistics follow; nil for the normal distribution.
  public let degreesOfFreedom: Double?
  /// The parameters that were held fixed, such as those at bounds.
  public let fixed: [Int]
  /// The parameters that the data do not determine: their covariance is that of a pseudo-inverse, and says little.
  public let unidentified: [Int]

  init(
    names: [String], values: [Double], covariance: Matrix<Double>, degreesOfFreedom: Double?,
    fixed: [Int], unidentified: [Int]
  ) {
    self.names = names
    self.values = values
    self.covariance = covariance
    self.degreesOfFreedom = degreesOfFreedom
    self.fixed = fixed
    self.unidentified = unidentified
  }

  /// The distribution of statistics.
  public var distribution: StudentDistribution {
    degreesOfFreedom.map { StudentDistribution(checked: $0) } ?? .normal
  }

  /// The square roots of the variances; 0 for parameters that are held fixed.
  public var standardErrors: [Double] {
    values.indices.map { max(0, covariance[$0, $0]).squareRoot() }
  }

  /// Estimates divided by their standard errors, z or t; NaN for parameters that are held fixed.
  public var statistics: [Double] {
    zip(values, standardErrors).map { $1 > 0 ? $0 / $1 : .nan }
  }

  /// The probability of a statistic that is as far from 0, where the parameter is 0.
  public var pValues: [Double] { statistics.map(distribution.twoSidedProbability(of:)) }

  /// Estimates ± as many standard errors as hold `level` of the distribution.
  ///
  /// - Throws: ``OptimKitError`` where the level is not between 0 and 1.
  public func confidenceIntervals(level: Double = 0.95) throws -> [ClosedRange<Double>] {
    let reach = try distribution.criticalValue(level: level)
    return zip(values, standardErrors).map { $0 - reach * $1...$0 + reach * $1 }
  }

  /// Covariances divided by standard errors; 0 beside parameters that are held fixed.
  public var correlation: Matrix<Double> {
    let errors = standardErrors
    var result = covariance
    for i in errors.indices {
      for j in errors.indices where i != j {
        let scale = errors[i] * errors[j]
        result[i, j] = scale > 0 ? covariance[i, j] / scale : 0
      }
      result[i, i] = 1
    }
    return result
  }

  /// The estimates of linear functions L θ of the parameters, with the covariance L Σ Lᵀ.
  ///
  /// - Parameters:
  ///   - names: A name for each function.
  ///   - map: θ ↦ L θ.
  /// - Complexity: p and `names.count` calls of `map`.
  /// - Throws: ``OptimKitError`` where `map` returns another number of values.
  public func mapped(
    names: [String], _ map: ([Double]) throws -> [Double]
  ) throws -> ParameterEstimates {
    func checked(_ x: [Double]) throws -> [Double] {
      let image = try map(x)
      guard image.count == names.count else {
        throw OptimKitError(
          .dimensionMismatch, cause: "\(names.count) names for \(image.count) values",
          remedy: "give one name a value")
      }
      return image
    }
    let images = try values.indices.map { try checked(Array(covariance.row($0))) }
    var result = Matrix<Double>(rowCount: names.count, columnCount: names.count)
    for i in names.indices {
      let row = try checked(images.map { $0[i] })
      for j in names.indices { result[i, j] = row[j] }
    }
    // Which functions a parameter has a part in.
    func reach(_ parameters: [Int]) throws -> [Int] {
      let images = try parameters.map { parameter in
        var unit = [Double](repeating: 0, count: values.count)
        unit[parameter] = 1
        return try checked(unit)
      }
      return names.indices.filter { i in images.contains { $0[i] != 0 } }
    }
    return ParameterEstimates(
      names: names, values: try checked(values), covariance: result,
      degreesOfFreedom: degreesOfFreedom,
      fixed: names.indices.filter { result[$0, $0] == 0 },
      unidentified: try reach(unidentified))
  }
}
