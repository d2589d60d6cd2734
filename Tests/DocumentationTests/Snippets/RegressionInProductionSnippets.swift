import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import Testing

/// The article RegressionInProduction of the catalogue of OptimKit.
@Suite("The snippets of the article on regression in production run")
struct RegressionInProductionSnippets {
  private typealias Objective = EmpiricalRisk<LinearModel<DenseFeatures<Double>>, LogisticLoss>

  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "optimkit-\(UUID().uuidString)")

  @Test func everything() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let matrix: Matrix<Double> = RandomKey(seed: 1, purpose: "features").normalMatrix(200, 3)
    let lines = (0..<200).map { i in
      let isClicked = matrix[i, 0] + 0.5 * matrix[i, 1] > RandomKey.noise(i)
      return "\(matrix[i, 0]),\(100 * matrix[i, 1]),\(matrix[i, 2]),\(isClicked ? 1 : 0)"
    }
    let tableURL = folder.appending(path: "clicks.csv")
    let modelURL = folder.appending(path: "model.json")
    try (["age,income,visits,clicked"] + lines).joined(separator: "\n").write(
      to: tableURL, atomically: true, encoding: .utf8)

    // snippet
    let table = try CSVTable(contentsOf: tableURL)
    let featureCount = table.columnCount - 1
    var features = Matrix<Double>(rowCount: table.rowCount, columnCount: featureCount)
    var labels: [Double] = []
    for row in 0..<table.rowCount {
      let values = table.values[row * table.columnCount..<(row + 1) * table.columnCount]
      for (column, value) in values.dropLast().enumerated() { features[row, column] = value }
      labels.append(values.last!)
    }
    // end of snippet

    // snippet
    let model = try LinearModel(features: features, hasIntercept: true, isStandardized: true)
    let objective = try EmpiricalRisk(model: model, loss: LogisticLoss(), targets: labels, ridge: 1)
    let result = try minimize(
      objective, from: model.initialParameters, using: .newton(solver: .automatic),
      until: [.gradientNorm(1e-8), .iterations(100)])
    // end of snippet
    #expect(result.isConverged)

    // snippet
    let certificate = try ConvexCertificate(of: objective, at: result.parameters, using: .automatic)
    guard result.isConverged, certificate.warnings.isEmpty else {
      print(result.reason, certificate)
      return
    }
    // end of snippet
    #expect(certificate.warnings.isEmpty)
    try deployment(objective, result, modelURL)
    try selection(objective, model, labels.map { Int($0) })
    try sparse()
  }

  private func deployment(
    _ objective: Objective, _ result: OptimizationResult<Double>, _ modelURL: URL
  ) throws {
    // snippet
    let fitted = try objective.fittedModel(at: result.parameters)
    try JSONEncoder().encode(fitted).write(to: modelURL, options: .atomic)
    // end of snippet
    let newFeatures = RandomKey(seed: 9, purpose: "features").normalMatrix(5, 3, of: Double.self)
    try serving(modelURL, newFeatures, fitted)
    try statistics(objective, result)
  }

  private func serving(
    _ modelURL: URL, _ newFeatures: Matrix<Double>,
    _ fitted: FittedLinearModel<LogisticLoss, Double>
  ) throws {
    // snippet
    let served = try JSONDecoder().decode(
      FittedLinearModel<LogisticLoss, Double>.self, from: Data(contentsOf: modelURL))
    let shares = try served.predictProbabilities(newFeatures)  // n × number of classes
    let classes = try served.predictClasses(newFeatures)  // numbered from 0
    let scores = try served.decisionValues(newFeatures)  // W x + b
    // end of snippet
    #expect(served == fitted && classes.count == 5 && shares.columnCount == 2)
    #expect((0..<5).allSatisfy { (scores[$0, 0] > 0) == (shares[$0, 1] > 0.5) })
    #expect(throws: OptimKitError.self) {
      try JSONDecoder().decode(
        FittedLinearModel<PoissonLoss, Double>.self, from: Data(contentsOf: modelURL))
    }
  }

  private func statistics(_ objective: Objective, _ result: OptimizationResult<Double>) throws {
    // snippet
    let statistics = try objective.coefficientStatistics(
      at: result.parameters, featureNames: ["age", "income", "visits"])
    print(statistics)
    // end of snippet
    // Incomes count in hundreds: their coefficient is some hundred times smaller than that of age.
    #expect(statistics.estimates.values[0] > 20 * abs(statistics.estimates.values[1]))
  }

  // The article aligns its comments.
  // swift-format-ignore
  private func selection(
    _ objective: Objective, _ model: LinearModel<DenseFeatures<Double>>, _ classes: [Int]
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

  private func sparse() throws {
    let file = folder.appending(path: "words.libsvm")
    let lines = (0..<60).map { i in "\(i % 3 == 0 ? 1 : 0) \(i % 7 + 1):1 \(i % 5 + 10):0.5" }
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    // snippet
    let words = try LIBSVMFile(contentsOf: file)
    let wordModel = try LinearModel(features: words.features, hasIntercept: true)
    let wordObjective = try EmpiricalRisk(
      model: wordModel, loss: LogisticLoss(), targets: words.targets, ridge: 1)
    let wordResult = try minimize(
      wordObjective, from: wordModel.initialParameters, using: .newton(solver: .automatic),
      until: [.gradientNorm(1e-8)])
    // end of snippet
    #expect(wordResult.isConverged)
  }
}

extension RandomKey {
  fileprivate static func noise(_ i: Int) -> Double {
    var stream = RandomKey(seed: 2, purpose: "noise", iteration: i).stream()
    return stream.normal()
  }
}
