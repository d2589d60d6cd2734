import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Certificates and edge cases of convex fits")
struct ConvexCertificateTests {
  typealias Risk<L: Loss> = EmpiricalRisk<LinearModel<DenseFeatures<Double>>, L>

  static func risk<L: Loss>(
    _ loss: L, _ rows: [[Double]], _ targets: [Double], ridge: Double = 0, intercept: Bool = true,
    outputs: Int = 1
  ) throws -> Risk<L> {
    try EmpiricalRisk(
      model: LinearModel(
        features: Matrix(
          rowCount: rows.count, columnCount: rows[0].count, storage: rows.flatMap { $0 }),
        outputsPerSample: outputs, hasIntercept: intercept),
      loss: loss, targets: targets, ridge: ridge)
  }

  func fit<O: Objective>(
    _ objective: O, _ solver: some LinearSolver = CholeskySolver()
  ) throws -> OptimizationResult<Double> where O.Scalar == Double {
    try minimize(
      objective, from: [Double](repeating: 0, count: objective.parameterCount),
      using: .newton(solver: solver), until: [.gradientNorm(1e-8), .iterations(60)])
  }

  @Test("measures eigenvalues, decrement and gap of a quadratic")
  func quadratic() throws {
    // H = diag(4, 100) + 1.
    let objective = try Self.risk(
      SquaredLoss(), [[2, 0], [0, 10], [0, 0]], [2, 10, 0], ridge: 1, intercept: false)
    let certificate = try ConvexCertificate(of: objective, at: [0, 0], using: .exact)
    #expect(abs(certificate.smoothness - 101) <= 1e-6)
    #expect(abs(certificate.strongConvexity - 5) <= 0.01)
    // ∇F = (−4, −100), the minimum at (4/5, 100/101).
    #expect(abs(certificate.gradientNorm - (16.0 + 10_000).squareRoot()) <= 1e-9)
    let decrement = try #require(certificate.newtonDecrement)
    #expect(abs(decrement * decrement - (16.0 / 5 + 10_000.0 / 101)) <= 1e-9)
    let gap = try #require(certificate.dualityGap)
    #expect(gap == certificate.gradientNorm * certificate.gradientNorm / 2)
    #expect(gap >= decrement * decrement / 2)
    #expect(certificate.warnings == [])
    #expect(certificate.description.contains("κ = β/γ is about 20"))
  }

  @Test("at the minimum says that the neighbourhood of the theorem is reached")
  func minimum() throws {
    let rows = (0..<30).map { [Double($0 % 7) - 3, Double($0 % 4)] }
    let targets = (0..<30).map { Double(($0 * 5 / 3) % 2) }
    for intercept in [true, false] {
      let objective = try Self.risk(
        LogisticLoss(), rows, targets, ridge: 0.1, intercept: intercept)
      let result = try fit(objective)
      let certificate = try ConvexCertificate(
        of: objective, at: result.parameters, using: .sketchedCG(.sparseSign()))
      #expect(result.isConverged && certificate.warnings == [])
      #expect(try #require(certificate.newtonDecrement) <= 1e-7)
      #expect(try #require(certificate.stepDistance) <= 1e-6)
      #expect((certificate.dualityGap == nil) == intercept)
      #expect(certificate.description.contains("neighbourhood of the minimum is reached"))
      #expect(certificate.strongConvexity >= (intercept ? 0.09 : 0.1))
      let far = try ConvexCertificate(
        of: objective, at: result.parameters.map { $0 + 30 }, using: .exact)
      #expect(far.description.contains("outside the theorem's neighbourhood"))
    }
  }

  @Test("separable classes without a ridge end, and the certificate warns")
  func separable() throws {
    let objective = try Self.risk(LogisticLoss(), [[-2], [-1], [1], [2]], [0, 0, 1, 1])
    let result = try fit(objective)
    #expect(result.parameters.allSatisfy { $0.isFinite } && result.summary.finalLoss < 1e-6)
    let certificate = try ConvexCertificate(
      of: objective, at: result.parameters, using: .automatic)
    #expect(certificate.warnings.contains { $0.contains("a plane separates") })
  }

  @Test("one class only: the intercept goes off without a ridge, and the run ends")
  func oneClass() throws {
    let rows = [[1.0, 2], [2, -1], [0, 1]]
    for ridge in [0, 1.0] {
      let result = try fit(
        try Self.risk(LogisticLoss(), rows, [1, 1, 1], ridge: ridge), AutomaticSolver())
      #expect(result.parameters.allSatisfy { $0.isFinite } && result.summary.finalLoss < 1e-6)
    }
    let softmax = try fit(
      try Self.risk(SoftmaxLoss(), rows, [1, 0, 1, 0, 1, 0], ridge: 1, outputs: 2))
    #expect(softmax.parameters.allSatisfy { $0.isFinite } && softmax.summary.finalLoss < 1e-6)
  }

  @Test("constant and duplicate columns: a clear error, a solver that takes them, or a ridge")
  func singularColumns() throws {
    let rows = (0..<12).map { [Double($0 % 5), 1, Double($0 % 5)] }
    let targets = (0..<12).map { Double($0 % 3) }
    let objective = try Self.risk(PoissonLoss(), rows, targets)
    let error = try fit(objective).reason.error
    #expect(error?.kind == .singularSystem && error?.remedy.contains("ridge") == true)
    let automatic = try fit(objective, AutomaticSolver())
    #expect(automatic.isConverged)
    let certificate = try ConvexCertificate(
      of: objective, at: automatic.parameters, using: .automatic)
    #expect(certificate.warnings.contains { $0.contains("duplicate columns") })
    let ridged = try fit(Self.risk(PoissonLoss(), rows, targets, ridge: 1e-3))
    #expect(ridged.isConverged)
    #expect(abs(ridged.parameters[0] - ridged.parameters[2]) <= 1e-8)
  }

  @Test("fewer samples than features, one feature, one sample")
  func smallShapes() throws {
    #expect(
      try fit(Self.risk(LogisticLoss(), [[1, 2, 3], [0, 1, 0]], [0, 1], ridge: 0.1)).isConverged)
    #expect(try fit(Self.risk(PoissonLoss(), [[1], [2], [3]], [1, 4, 7])).isConverged)
    #expect(try fit(Self.risk(GammaLoss(), [[1]], [2], ridge: 1)).isConverged)
    let mean = try fit(Self.risk(SquaredLoss(), [[1], [1]], [1, 3], intercept: false)).parameters[0]
    #expect(abs(mean - 2) <= 1e-15)
  }

  @Test("targets outside the domain, and features that are none, are refused before any work")
  func refusals() {
    let rows = [[1.0], [2]]
    #expect(errorKind { try Self.risk(LogisticLoss(), rows, [-1, 1]) } == .invalidArgument)
    #expect(errorKind { try Self.risk(PoissonLoss(), rows, [-1, 1]) } == .invalidArgument)
    #expect(errorKind { try Self.risk(GammaLoss(), rows, [0, 1]) } == .invalidArgument)
    #expect(errorKind { try Self.risk(SoftmaxLoss(), rows, [0, 1]) } == .invalidArgument)
    #expect(errorKind { try Self.risk(PoissonLoss(), rows, [.nan, 1]) } == .nonFiniteValue)
    #expect(errorKind { try Self.risk(SquaredLoss(), [[1], [.nan]], [1, 1]) } == .nonFiniteValue)
  }
}
