import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// The checks accept what is right and name what is wrong.
@Suite struct ConformanceTests {
  static let key = RandomKey(seed: 12, purpose: "conformance tests")

  static func matrix<Scalar: RealScalar>() -> Matrix<Scalar> { key.normalMatrix(5, 8) }

  // MARK: Jacobians

  @Test(arguments: scalarTypes)
  func soundJacobiansPass(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let matrix: Matrix<Scalar> = Self.matrix()
      #expect(conformanceIssues(of: DenseJacobian(matrix)) == [])
      #expect(conformanceIssues(of: GramJacobian(matrix)) == [])
      #expect(conformanceIssues(of: ProductsOnlyJacobian(DenseJacobian(matrix))) == [])
      #expect(conformanceIssues(of: AlteredJacobian(matrix)) == [])
    }
    check(type)
  }

  @Test(arguments: scalarTypes)
  func defectsOfJacobiansAreNamed(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let sound = AlteredJacobian<Scalar>(Self.matrix())
      var altered = sound
      altered.transposedScale = -1
      expectIssue(conformanceIssues(of: altered), "not the adjoint")
      altered = sound
      altered.addsOne = true
      expectIssue(conformanceIssues(of: altered), "apply is not linear")
      altered = sound
      altered.addsToResult = true
      #expect(!conformanceIssues(of: altered).isEmpty)
      altered = sound
      altered.rowOffset = 1
      expectIssue(conformanceIssues(of: altered), "copyRows does not give row 0")
      var gram = GramJacobian<Scalar>(Self.matrix())
      gram.gramScale = 2
      expectIssue(conformanceIssues(of: gram), "computeGram")
    }
    check(type)
  }

  // MARK: Models

  @Test(arguments: scalarTypes)
  func modelsAreJudgedByDifferences(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      var model = ResponseModel<Scalar>(
        features: Self.key.normalMatrix(6, 4), response: .sine, outputsPerSample: 2)
      let point: [Scalar] = Self.key.with(iteration: 1).normalVector(4)
      #expect(conformanceIssues(of: model, at: point) == [])
      expectIssue(conformanceIssues(of: model, at: [1]), "1 parameters given to a model of 4")
      model.jacobianScale = 1.25
      let issues = conformanceIssues(of: model, at: point)
      expectIssue(issues, "Jv is not the derivative")
      #expect(!issues.contains { $0.contains("kink") })
      model.jacobianScale = 1
      model.outputsPerSample = 4
      expectIssue(conformanceIssues(of: model, at: point), "samples of 4")
    }
    check(type)
  }

  @Test func kinksAreRecognised() {
    let model = ResponseModel<Double>(
      features: Self.key.normalMatrix(6, 4), response: .magnitude)
    let away: [Double] = Self.key.with(iteration: 1).normalVector(4)
    #expect(conformanceIssues(of: model, at: away) == [])
    expectIssue(conformanceIssues(of: model, at: [0, 0, 0, 0]), "kink")
  }

  // MARK: Losses

  @Test(arguments: scalarTypes)
  func lossesAreJudgedByDifferences(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let outputs: [Scalar] = Self.key.normalVector(8)
      let targets: [Scalar] = Self.key.with(iteration: 1).normalVector(8)
      func issues(_ loss: PowerLoss, hasExactCurvature: Bool = true) -> [String] {
        conformanceIssues(
          of: loss, outputs: outputs, targets: targets, outputsPerSample: 2,
          hasExactCurvature: hasExactCurvature)
      }
      #expect(issues(PowerLoss()) == [])
      #expect(issues(PowerLoss(power: .four)) == [])
      expectIssue(issues(PowerLoss(power: .four, gradientScale: 1.5)), "the gradient at output")
      expectIssue(issues(PowerLoss(curvatureScale: 2)), "C Cᵀ at outputs")
      #expect(issues(PowerLoss(curvatureScale: 2), hasExactCurvature: false) == [])
      expectIssue(issues(PowerLoss(gradientScale: -1)), "calls itself convex")
      expectIssue(issues(PowerLoss(largestTarget: -10)), "validating the targets failed")
    }
    check(type)
  }

  // MARK: Sketches

  @Test(arguments: scalarTypes)
  func sketchesAreJudgedByTheirMatrices(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) {
      func issues(_ sketcher: GaussianSketcher) -> [String] {
        conformanceIssues(of: sketcher, rows: 24, columns: 31, scalar: type)
      }
      #expect(issues(GaussianSketcher()) == [])
      expectIssue(issues(GaussianSketcher(scale: 1.3)), "E[SᵀS] is not the identity")
      expectIssue(issues(GaussianSketcher(ignoresKey: true)), "another key")
    }
    check(type)
  }

  @Test func sketchMatrixIsWhatTheSketchMultipliesBy() {
    let sketch = DenseSketch(matrix: Self.key.normalMatrix(4, 10))
    #expect(sketch.matrix(of: Double.self) == sketch.matrix)
    let a: Matrix<Double> = Self.key.with(iteration: 1).normalMatrix(10, 19)
    #expect(largestDifference(sketch.applied(to: a), sketch.matrix * a) <= 1e-13)
    // Two groups of lanes, the second with one column.
    let b: Matrix<Double> = Self.key.with(iteration: 2).normalMatrix(10, 65)
    #expect(largestDifference(sketch.applied(to: b), sketch.matrix * b) <= 1e-13)
  }

  // MARK: Linear solvers

  @Test(arguments: SystemCase.all.filter { $0.damping > 0 || $0.curvature == .none })
  func solversAreJudgedByTheResidual(on example: SystemCase) {
    func issues(_ solver: DenseTestSolver) -> [String] {
      conformanceIssues(
        of: solver, on: example.system(.rows) as DampedSystem<Double>, tolerance: .relative(1e-10))
    }
    #expect(issues(DenseTestSolver()) == [])
    // A square matrix without damping is too ill-conditioned for Cholesky in single precision.
    if example.damping > 0 || example.rows != example.columns {
      let system: DampedSystem<Float> = example.system(.rows)
      #expect(
        conformanceIssues(
          of: DenseTestSolver(), on: system, tolerance: .relative(1e-3), center: false) == [])
    }
    expectIssue(issues(DenseTestSolver(defect: .inexact)), "converged, but the residual")
    expectIssue(issues(DenseTestSolver(defect: .inexactButReported)), nil)
    expectIssue(issues(DenseTestSolver(defect: .claimsTooMuch)), "the report says")
    expectIssue(issues(DenseTestSolver(defect: .unwritten)), "a part not written")
    expectIssue(issues(DenseTestSolver(defect: .uncounted)), "counted in the ledger")
  }

  /// Expects an issue that contains `text`; none where `text` is nil.
  private func expectIssue(
    _ issues: [String], _ text: String?, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    if let text {
      #expect(issues.contains { $0.contains(text) }, "\(issues)", sourceLocation: sourceLocation)
    } else {
      #expect(issues == [], sourceLocation: sourceLocation)
    }
  }
}
