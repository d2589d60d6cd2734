import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Reference numbers: scripts/reference-fits.py, with scikit-learn.
@Suite struct RidgeSelectionTests {
  static let ridges = RidgeGrid.values([0.1, 10, 0.01, 1])
  static let zeros = [0.0, 0, 0, 0]
  static let tolerance = PathTolerance(relativeGradientNorm: 1e-12, iterations: 50)

  static func objective() throws -> EmpiricalRisk<LinearModel<DenseFeatures<Double>>, LogisticLoss>
  {
    try EmpiricalRisk(
      model: FormulaData.model(), loss: LogisticLoss(), targets: FormulaData.labels, ridge: 99)
  }

  @Test func pathAgreesWithScikitLearnAndDirectFits() throws {
    let path = try RegularizationPath(
      of: Self.objective(), ridges: Self.ridges, from: Self.zeros, using: .newton(solver: .exact),
      tolerance: Self.tolerance)
    #expect(path.points.map(\.ridge) == [10, 1, 0.1, 0.01])
    let expected = [
      [0.5143461578663566, -0.232269132608173, 0.3075358247236102, -0.10790869960791162],
      [1.1564389162850246, -0.5759057139233873, 0.8322896656249914, 0.02711176832020193],
      [1.3790403079956137, -0.7286261053013783, 1.0775838360344892, 0.08702651309768075],
      [1.4097115826863829, -0.7516808673545413, 1.114648831164708, 0.09588380593709887],
    ]
    for (point, parameters) in zip(path.points, expected) {
      #expect(point.isConverged)
      expectClose(point.parameters, parameters)
      let objective = try Self.objective().withRidge(point.ridge)
      let direct = try FormulaData.fit(objective)
      expectClose(point.parameters, direct, 1e-9)
      let value = try objective.value(at: direct.span)
      let size = direct[0..<3].reduce(0) { $0 + $1 * $1 }
      expectClose([point.objective], [value], 1e-12)
      expectClose([point.deviance], [2 * value - point.ridge * size], 1e-10)
    }
    expectClose(
      path.points.compactMap(\.effectiveParameterCount),
      [2.180977146614153, 3.4996261940478535, 3.9320653206791567, 3.9929027469282135])
  }

  @Test func logarithmicGridStartsWhereWeightsNearlyVanish() throws {
    let path = try RegularizationPath(
      of: Self.objective(), ridges: .logarithmic(count: 8, ratio: 1e-5), from: Self.zeros,
      using: .newton(solver: .exact), tolerance: Self.tolerance)
    #expect(path.points.count == 8)
    for (left, right) in zip(path.points, path.points.dropFirst()) {
      expectClose([left.ridge / right.ridge], [pow(10, 5 / 7.0)], 1e-12)
      #expect(left.deviance > right.deviance)
      #expect(left.effectiveParameterCount! < right.effectiveParameterCount!)
    }
    // Three weights of a tenth at most, and the intercept.
    #expect(path.points[0].effectiveParameterCount! < 1.3)
    #expect(path.points[7].effectiveParameterCount! > 3.99)
    // A near start saves steps.
    #expect(path.points[7].iterations <= 3)
  }

  @Test func heldOutScoresAgreeWithScikitLearn() throws {
    func select(_ score: HeldOutScore) throws -> RidgeSelection<Double> {
      try RidgeSelection(
        of: Self.objective(), ridges: Self.ridges,
        folds: Folds(foldOfSample: FormulaData.samples.map { $0 % 4 }), score: score,
        from: Self.zeros, using: .newton(solver: .exact), tolerance: Self.tolerance)
    }
    let selection = try select(.deviance)
    let deviances = [
      [1.3532597541709515, 1.4925596421761356, 1.6282535337792687, 1.6554995644463564],
      [1.2257768960622917, 1.071606694454202, 1.0317639457716692, 1.0267662808168148],
      [1.1681523260344868, 0.9663288944104722, 0.9271763713676353, 0.9232976269633113],
      [1.3571632364400446, 1.4915060858457372, 1.692969947183555, 1.738761105232701],
    ]
    for fold in 0..<4 { expectClose(Array(selection.scores.row(fold)), deviances[fold]) }
    for ridge in 0..<4 {
      let column = deviances.map { $0[ridge] }
      let mean = column.reduce(0) { $0 + $1 } / 4
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
      expectClose([selection.means[ridge]], [mean])
      expectClose([selection.standardErrors[ridge]], [(variance / 4).squareRoot()], 1e-7)
    }
    #expect(selection.bestIndex == 1 && selection.best.ridge == 1)
    #expect(selection.oneStandardErrorIndex == 0)
    let direct = try FormulaData.fit(Self.objective().withRidge(1))
    expectClose(selection.best.parameters, direct, 1e-9)

    let accuracies = [
      [0.5333333333333333, 0.6, 0.6, 0.6], [0.6666666666666666, 0.8, 0.8, 0.8],
      [0.8, 0.8, 0.8, 0.8],
      [0.4666666666666667, 0.7333333333333333, 0.7333333333333333, 0.7333333333333333],
    ]
    let accurate = try select(.accuracy)
    for fold in 0..<4 { expectClose(Array(accurate.scores.row(fold)), accuracies[fold], 1e-14) }
    #expect(accurate.bestIndex == 1)
    let data = try JSONEncoder().encode(accurate)
    #expect(try JSONDecoder().decode(RidgeSelection<Double>.self, from: data) == accurate)
  }

  /// Samples without a weight are as good as absent.
  @Test func holdingOutByWeightsEqualsRestriction() throws {
    let objective = try Self.objective().withRidge(0.5)
    let kept = FormulaData.samples.filter { $0 % 3 != 1 }
    let weighted = try objective.withWeights(
      FormulaData.samples.map { $0 % 3 == 1 ? 0 : 1 })
    let left = try FormulaData.fit(weighted)
    expectClose(left, try FormulaData.fit(objective.restricted(to: kept)), 1e-9)
  }

  @Test func refusesWhatCannotBeSelected() throws {
    let objective = try Self.objective()
    func path(_ ridges: RidgeGrid, _ start: [Double] = Self.zeros) -> OptimKitError.Kind? {
      errorKind {
        try RegularizationPath(
          of: objective, ridges: ridges, from: start, using: .newton(solver: .exact))
      }
    }
    for grid in [
      RidgeGrid.values([]), .values([1, -1]), .values([.infinity]), .logarithmic(count: 0),
      .logarithmic(count: 3, ratio: 1),
    ] {
      #expect(path(grid) == .invalidArgument)
    }
    #expect(path(Self.ridges, [0]) == .invalidArgument)
    #expect(
      errorKind {
        try RidgeSelection(
          of: objective, folds: Folds(3, of: 50), from: Self.zeros, using: .newton(solver: .exact))
      } == .dimensionMismatch)
    let counts = try EmpiricalRisk(
      model: FormulaData.model(), loss: PoissonLoss(), targets: FormulaData.counts)
    #expect(
      errorKind {
        try RidgeSelection(
          of: counts, ridges: .values([1]), folds: Folds(3, of: 60), score: .accuracy,
          from: Self.zeros, using: .newton(solver: .exact))
      } == .invalidArgument)
  }
}
