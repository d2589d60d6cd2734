import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// docs/erm.md and docs/statistics.md.
@Suite("The snippets of the guides to regression and statistics run")
struct RegressionSnippets {
  private let matrix = RandomKey(seed: 1, purpose: "features").normalMatrix(40, 3, of: Double.self)
  private var classes: [Int] { (0..<40).map { matrix[$0, 0] + 0.5 * matrix[$0, 1] > 0.1 ? 1 : 0 } }
  private var labels: [Double] { classes.map(Double.init) }

  @Test func convexRisk() throws {
    let matrix = matrix
    let labels = labels
    // snippet
    let model = try LinearModel(features: matrix, hasIntercept: true, isStandardized: true)
    let objective = try EmpiricalRisk(model: model, loss: LogisticLoss(), targets: labels, ridge: 1)
    let result = try minimize(
      objective, from: model.initialParameters, using: .newton(solver: .automatic),
      until: [.gradientNorm(1e-8), .iterations(100)])
    let coefficients = try model.coefficients(from: result.parameters)
    print(try ConvexCertificate(of: objective, at: result.parameters, using: .automatic))
    // end of snippet
    #expect(result.isConverged && coefficients.weights.columnCount == 3)
    try predictions(objective, result, matrix)
    try selection(objective, model, classes)
  }

  // The guide aligns its comments.
  // swift-format-ignore
  private func predictions(
    _ objective: EmpiricalRisk<LinearModel<DenseFeatures<Double>>, LogisticLoss>,
    _ result: OptimizationResult<Double>, _ newFeatures: Matrix<Double>
  ) throws {
    // snippet
    let fitted = try objective.fittedModel(at: result.parameters)   // Codable
    let means = try fitted.predict(newFeatures)                     // n × k: means, probabilities, quantiles
    let shares = try fitted.predictProbabilities(newFeatures)       // n × number of classes
    let labels = try fitted.predictClasses(newFeatures)             // numbered from 0
    let scores = try fitted.decisionValues(newFeatures)             // W x + b
    // end of snippet
    #expect(means.columnCount == 1 && shares.columnCount == 2)
    #expect(labels.count == 40 && scores.rowCount == 40)
  }

  // The guide shows what there is to ask for, and prints nothing.
  // swift-format-ignore
  private func selection(
    _ objective: EmpiricalRisk<LinearModel<DenseFeatures<Double>>, LogisticLoss>,
    _ model: LinearModel<DenseFeatures<Double>>, _ classes: [Int]
  ) throws {
    // snippet
    let selection = try RidgeSelection(
      of: objective, folds: Folds(5, stratifiedBy: classes, seed: 1), from: model.initialParameters,
      using: .newton(solver: .automatic))
    let best = selection.best                   // the smallest mean deviance on samples that were held out
    let simplest = selection.oneStandardError   // the largest ridge within one standard error of it
    print(best.ridge, best.parameters)          // fitted to all samples
    // end of snippet
    #expect(best.ridge <= simplest.ridge)
  }

  // The guide aligns its comments.
  // swift-format-ignore
  @Test func statistics() throws {
    let model = try LinearModel(features: matrix, hasIntercept: false)
    let modelOnNewPoints = model
    let targets = RandomKey(seed: 2, purpose: "targets").normalVector(40, of: Double.self)
    let objective = try LeastSquares(model, targets: targets)
    let result = try minimize(
      objective, from: model.initialParameters, using: .gaussNewton(solver: .exact),
      until: [.gradientNorm(1e-8)])
    // snippet
    let statistics = try LeastSquaresStatistics(of: objective, at: result.parameters, names: ["a", "b", "c"])
    print(statistics)                                          // table, s, R², AIC, AICc, BIC
    let bands = try statistics.bands(of: modelOnNewPoints)     // confidence and prediction, 95 %
    // end of snippet
    #expect(bands.count == 40)
  }
}
