import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Reference numbers: scripts/reference-fits.py, with statsmodels.
@Suite struct FitStatisticsTests {
  @Test(arguments: [false, true])
  func logisticRegressionAgreesWithStatsmodels(isStandardized: Bool) throws {
    let objective = try EmpiricalRisk(
      model: FormulaData.model(isStandardized: isStandardized), loss: LogisticLoss(),
      targets: FormulaData.labels)
    let parameters = try FormulaData.fit(objective)
    let statistics = try objective.coefficientStatistics(at: parameters)
    let estimates = statistics.estimates
    #expect(estimates.names == ["x0", "x1", "x2", "intercept"])
    expectClose(
      estimates.values,
      [1.4132685618101055, -0.754388744230846, 1.1190009119148134, 0.09691992372783002])
    expectClose(
      estimates.standardErrors,
      [0.4550866881834503, 0.4701607516835892, 0.5340502504970044, 0.39741797599874873])
    expectClose(
      estimates.pValues,
      [0.0018996206441278447, 0.10859647461152927, 0.03614343053581831, 0.8073283824255025])
    expectClose(
      try estimates.confidenceIntervals().flatMap { [$0.lowerBound, $0.upperBound] },
      [
        0.5213150431269331, 2.305222080493278, -1.6758868844749604, 0.16710939601326835,
        0.07228165500609074, 2.165720168823536, -0.6820049960385212, 0.8758448434941811,
      ], 1e-7)
    let sandwich = try objective.coefficientStatistics(at: parameters, form: .sandwich)
    expectClose(
      sandwich.estimates.standardErrors,
      [0.4744602283488636, 0.468200861444748, 0.5467766744916733, 0.42786647107813774])
    #expect(statistics.warnings.isEmpty && statistics.effectiveParameterCount == 4)
    let data = try JSONEncoder().encode(statistics)
    #expect(try JSONDecoder().decode(FitStatistics.self, from: data) == statistics)
    #expect("\(statistics)".contains("intercept"))
  }

  @Test func poissonRegressionAgreesWithStatsmodels() throws {
    let model = try LinearModel(features: SparseMatrix(FormulaData.matrix()))
    let objective = try EmpiricalRisk(
      model: model, loss: PoissonLoss(), targets: FormulaData.counts)
    let parameters = try FormulaData.fit(objective)
    func errors(
      _ dispersion: Dispersion? = nil, _ form: CovarianceForm = .inverseHessian
    ) throws -> [Double] {
      try objective.coefficientStatistics(at: parameters, dispersion: dispersion, form: form)
        .estimates.standardErrors
    }
    expectClose(
      try errors(),
      [0.20509735345037192, 0.19783587488096557, 0.1978489640349099, 0.1780137612681353])
    expectClose(
      try errors(nil, .sandwich),
      [0.15267071131668836, 0.16480243526536767, 0.17848382655189154, 0.1415940450315517])
    expectClose(
      try errors(.estimated),
      [0.2072427651322673, 0.19990532819144094, 0.19991855426389404, 0.1798758662467606])
  }

  /// With a ridge the covariance is that of the posterior, (H + λD)⁻¹, and D leaves the intercept out.
  @Test func ridgeIsPartOfTheHessian() throws {
    let objective = try EmpiricalRisk(
      model: FormulaData.model(), loss: LogisticLoss(), targets: FormulaData.labels, ridge: 0.7)
    let parameters = try FormulaData.fit(objective)
    let statistics = try FitStatistics(of: objective, at: parameters)
    let linearization = try objective.linearize(at: parameters.span)
    var product = Matrix<Double>(rowCount: 4, columnCount: 4)
    for j in 0..<4 {
      // H Σ e_j, which is e_j.
      let column = Array(statistics.estimates.covariance.row(j))
      var image = try linearization.jacobian.product(column)
      var span = image.mutableSpan
      linearization.curvatureFactor.multiplyTransposed(into: &span)
      linearization.curvatureFactor.multiply(into: &span)
      let result = try linearization.jacobian.transposedProduct(image)
      for i in 0..<4 { product[i, j] = result[i] + (i < 3 ? 0.7 * column[i] : 0) }
    }
    for i in 0..<4 {
      for j in 0..<4 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) <= 1e-12) }
    }
    #expect(statistics.effectiveParameterCount < 4 && statistics.effectiveParameterCount > 3)
  }

  @Test func parametersThatTheDataDoNotDetermineAreNamed() throws {
    // The third column is the sum of the others.
    let rows = FormulaData.rows.flatMap { [$0[0], $0[1], $0[0] + $0[1], $0[2]] }
    let model = try LinearModel(
      features: Matrix(rowCount: 60, columnCount: 4, storage: rows), hasIntercept: false)
    let objective = try EmpiricalRisk(
      model: model, loss: LogisticLoss(), targets: FormulaData.labels)
    let statistics = try FitStatistics(
      of: objective, at: [1, 0, 0, 1], names: ["a", "b", "c", "d"])
    #expect(statistics.estimates.unidentified == [0, 1, 2])
    #expect(statistics.warnings.count == 1)
    #expect(statistics.warnings.first?.contains("a, b, c") == true)
    #expect(statistics.effectiveParameterCount == 3)
    // Held fixed, one of them determines the others.
    let fixed = try FitStatistics(of: objective, at: [1, 0, 0, 1], fixed: [2])
    #expect(fixed.warnings.isEmpty && fixed.estimates.standardErrors[2] == 0)
    #expect(fixed.estimates.pValues[2].isNaN)
    let smaller = try EmpiricalRisk(
      model: LinearModel(
        features: Matrix(
          rowCount: 60, columnCount: 3, storage: FormulaData.rows.flatMap { $0 }),
        hasIntercept: false), loss: LogisticLoss(), targets: FormulaData.labels)
    let direct = try FitStatistics(of: smaller, at: [1, 0, 1])
    let errors = fixed.estimates.standardErrors
    expectClose([errors[0], errors[1], errors[3]], direct.estimates.standardErrors, 1e-12)
  }

  @Test func productsSufficeAndSinglePrecisionIsClose() throws {
    func errors<Scalar: RealScalar>(_: Scalar.Type) throws -> [Double] {
      let features = try Matrix(
        rowCount: 60, columnCount: 3,
        storage: FormulaData.rows.flatMap { $0.map { Scalar($0) } })
      let objective = try EmpiricalRisk(
        model: LinearModel(features: features), loss: LogisticLoss(),
        targets: FormulaData.labels.map { Scalar($0) })
      return try FitStatistics(of: objective, at: [1, -1, 1, 0]).estimates.standardErrors
    }
    let double = try errors(Double.self)
    expectClose(try errors(Float.self), double, 1e-4)
    let products = try FitStatistics(
      of: ProductsObjective(
        base: EmpiricalRisk(
          model: FormulaData.model(), loss: LogisticLoss(), targets: FormulaData.labels)),
      at: [1, -1, 1, 0])
    expectClose(products.estimates.standardErrors, double, 1e-13)
  }

  @Test func softmaxSandwichTakesSamplesAsAWhole() throws {
    let classes = FormulaData.samples.flatMap { i in (0..<3).map { $0 == i * i % 3 ? 1.0 : 0 } }
    let objective = try EmpiricalRisk(
      model: LinearModel(features: FormulaData.matrix(), outputsPerSample: 3),
      loss: SoftmaxLoss(), targets: classes, ridge: 1)
    let parameters = try FormulaData.fit(objective)
    let statistics = try FitStatistics(of: objective, at: parameters, form: .sandwich)
    // Only differences of intercepts matter to the loss.
    #expect(statistics.estimates.unidentified == [3, 7, 11])
    #expect(statistics.observationCount == 60)
    // Every sample twice as one of weight 2 doubles gradients: four times the meat, where H is twice.
    let heavy = try EmpiricalRisk(
      model: objective.model, loss: SoftmaxLoss(), targets: classes,
      weights: [Double](repeating: 2, count: 60), ridge: 2)
    let other = try FitStatistics(of: heavy, at: parameters, form: .sandwich)
    expectClose(
      other.estimates.standardErrors, statistics.estimates.standardErrors, 1e-6)
  }

  @Test func refusesWhatCannotBeMeasured() throws {
    let objective = try EmpiricalRisk(
      model: FormulaData.model(), loss: LogisticLoss(), targets: FormulaData.labels)
    #expect(errorKind { try FitStatistics(of: objective, at: [1]) } == .dimensionMismatch)
    let zeros = [0.0, 0, 0, 0]
    #expect(
      errorKind { try FitStatistics(of: objective, at: zeros, names: ["a"]) }
        == .dimensionMismatch)
    #expect(errorKind { try FitStatistics(of: objective, at: [0, 0, .nan, 0]) } == .nonFiniteValue)
    #expect(
      errorKind { try FitStatistics(of: objective, at: zeros, fixed: [4]) } == .invalidArgument)
    #expect(
      errorKind { try FitStatistics(of: objective, at: zeros, dispersion: .known(0)) }
        == .invalidArgument)
    #expect(
      errorKind { try objective.coefficientStatistics(at: zeros, featureNames: ["a"]) }
        == .dimensionMismatch)
  }
}

/// An objective whose Jacobian offers products only.
private struct ProductsObjective<Base: Objective>: Objective {
  let base: Base

  var parameterCount: Int { base.parameterCount }
  var outputCount: Int { base.outputCount }
  var ridge: Base.Scalar { base.ridge }

  func value(at parameters: Span<Base.Scalar>) throws -> Base.Scalar {
    try base.value(at: parameters)
  }

  func linearize(at parameters: Span<Base.Scalar>) throws -> Linearization<Base.Scalar> {
    let whole = try base.linearize(at: parameters)
    return Linearization(
      value: whole.value, outputs: whole.outputs, jacobian: ProductsOnlyJacobian(whole.jacobian),
      outputGradient: whole.outputGradient, curvatureFactor: whole.curvatureFactor)
  }
}
