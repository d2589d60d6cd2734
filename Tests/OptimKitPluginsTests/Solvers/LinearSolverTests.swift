import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Linear solvers")
struct LinearSolverTests {
  static let sketched: [any LinearSolver] = [
    SketchedCGSolver(SparseSignSketcher()), SketchedCGSolver(SRHTSketcher()),
    SketchedCGSolver(SparseSignSketcher(), precision: .single),
    HeavyBallSolver(SparseSignSketcher()), HeavyBallSolver(SRHTSketcher()),
    RichardsonSolver(SparseSignSketcher()), RichardsonSolver(SRHTSketcher()),
    SketchedLSQRSolver(SparseSignSketcher()), SketchedLSQRSolver(SRHTSketcher()),
    ChebyshevSolver(SparseSignSketcher()), ChebyshevSolver(SRHTSketcher()),
  ]
  static let direct: [any LinearSolver] = [
    CholeskySolver(), CholeskySolver(precision: .single), QRSolver(),
    SpectralSolver(),
  ]
  /// Solvers that need products with the Jacobian alone.
  static let productsOnly: [any LinearSolver] = [
    ConjugateGradientSolver(), LSQRSolver(), LSMRSolver(),
  ]
  static let preconditioned: [any LinearSolver] = [
    PreconditionedCGSolver(BlockJacobiPreconditioning(blockSize: 6)),
    LSQRSolver(preconditioning: BlockJacobiPreconditioning(blockSize: 6)),
    LSMRSolver(preconditioning: BlockJacobiPreconditioning(blockSize: 6)),
    LSMRSolver(preconditioning: SketchPreconditioning(SparseSignSketcher())),
  ]
  static let iterative = productsOnly + sketched + preconditioned
  static let all = direct + iterative + [AutomaticSolver()]
  /// Names of solvers that solve systems without a unique solution too, by the solution of minimum norm.
  static let solveSingular = Set([
    "cg", "lsqr", "lsmr", "spectral", "qr", "sketched-lsqr", "automatic",
  ])

  /// Rows and columns: primal, dual, square, one row, one column.
  static let shapes = [(300, 12), (12, 300), (20, 20), (1, 50), (50, 1), (1, 1)]

  @Test(
    "conform on primal, dual and square systems, damped or not, weighted or not",
    arguments: shapes, [0.0, 0.3])
  func conform(shape: (rows: Int, columns: Int), damping: Double) throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let weights = (0..<shape.rows).map { Scalar(1) + Scalar($0 % 3) / 2 }
      for curvature in [nil, weights] {
        let system = try Self.system(shape, damping: Scalar(damping), curvature: curvature)
        for solver in Self.all {
          let issues = conformanceIssues(
            of: solver, on: system, tolerance: .relative(Scalar.self == Float.self ? 1e-3 : 1e-9),
            center: damping > 0)
          #expect(issues == [], "\(solver.name) \(Scalar.self) \(shape)")
        }
      }
    }
  }

  @Test("damping enters the preconditioner exactly: few iterations at any strength")
  func dampedPreconditioner() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 2000, columns: 40, conditionNumber: 1e5)
    for damping in [1e-8, 1e-3, 1, 1e4] {
      let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
      let report = try Self.solve(system, with: SketchedCGSolver(SparseSignSketcher()), 1e-8)
      #expect(report.status == .converged)
      #expect(report.iterations <= 40, "damping \(damping): \(report.iterations)")
    }
  }

  @Test("a minimum-norm solution of an underdetermined system interpolates")
  func interpolation() throws {
    let wide: Matrix<Double> = try tallMatrix(rows: 400, columns: 15, conditionNumber: 50)
      .transposed()
    let target: [Double] = normalVector(15, seed: 9)
    for solver in Self.all {
      let workspace = solver.makeWorkspace(for: Double.self)
      let system = DampedSystem(jacobian: DenseJacobian(wide))
      try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
      var x = [Double](repeating: 0, count: 400)
      var span = x.mutableSpan
      _ = try workspace.solve(
        DampedRightHandSide(target: target), tolerance: .relative(1e-10), into: &span)
      var fitted = [Double](repeating: 0, count: 15)
      var fittedSpan = fitted.mutableSpan
      try system.apply(x.span, into: &fittedSpan)
      for (value, wanted) in zip(fitted, target) { #expect(abs(value - wanted) < 1e-7) }
    }
  }

  @Test("refuse singular systems with the remedy, and solve them with damping")
  func singularSystems() throws {
    var matrix: Matrix<Double> = try tallMatrix(rows: 100, columns: 6, conditionNumber: 10)
    for i in 0..<100 { matrix[i, 5] = matrix[i, 0] }
    for solver in Self.all where !Self.solveSingular.contains(solver.name) {
      let system = DampedSystem(jacobian: DenseJacobian(matrix))
      let error = #expect(throws: OptimKitError.self) {
        try Self.solve(system, with: solver, 1e-6)
      }
      #expect(error?.kind == .singularSystem)
      #expect(error?.remedy.contains("damping") == true)
    }
    for solver in Self.all {
      let system = DampedSystem(jacobian: DenseJacobian(matrix), damping: 1e-3)
      #expect(try Self.solve(system, with: solver, 1e-6).status == .converged, "\(solver.name)")
    }
  }

  @Test("need no more than products where they say so; others say what is missing")
  func capabilities() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 60, columns: 6, conditionNumber: 10)
    let jacobian = ProductsOnlyJacobian(DenseJacobian(matrix))
    for solver in Self.all {
      if (Self.productsOnly + [AutomaticSolver()]).contains(where: { $0.name == solver.name }) {
        let report = try Self.solve(DampedSystem(jacobian: jacobian), with: solver, 1e-8)
        #expect(report.status == .converged)
      } else {
        let error = #expect(throws: OptimKitError.self) {
          try Self.solve(DampedSystem(jacobian: jacobian), with: solver, 1e-8)
        }
        #expect(error?.kind == .missingCapability)
      }
    }
  }

  @Test("say so when the iteration limit comes first, and keep the best so far")
  func iterationLimit() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 500, columns: 40, conditionNumber: 20)
    let solver = ConjugateGradientSolver(maximumIterations: 5)
    let report = try Self.solve(DampedSystem(jacobian: DenseJacobian(matrix)), with: solver, 1e-8)
    #expect(report.status == .iterationLimit)
    #expect(report.iterations == 5)
    #expect(report.relativeResidual! > 1e-8 && report.relativeResidual! < 1)
    #expect(report.notes.count == 1)
  }

  @Test("stop with an error at NaN from the Jacobian")
  func nonFiniteProducts() throws {
    var matrix: Matrix<Double> = try tallMatrix(rows: 60, columns: 6, conditionNumber: 10)
    matrix[7, 3] = .nan
    for solver in Self.all {
      #expect(throws: OptimKitError.self, "\(solver.name)") {
        try Self.solve(DampedSystem(jacobian: DenseJacobian(matrix)), with: solver, 1e-8)
      }
    }
  }

  @Test("one preparation serves many right-hand sides")
  func reuse() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 500, columns: 20, conditionNumber: 100)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let workspace = SketchedCGSolver(SparseSignSketcher()).makeWorkspace(for: Double.self)
    try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
    for seed in 1...5 {
      let rightHandSide = DampedRightHandSide<Double>(
        target: normalVector(500, seed: UInt64(seed)))
      var solution = [Double](repeating: 0, count: 20)
      var span = solution.mutableSpan
      _ = try workspace.solve(rightHandSide, tolerance: .relative(1e-8), into: &span)
      #expect(try Self.relativeResidual(of: solution, system, rightHandSide) <= 1.001e-8)
    }
    #expect(system.ledger.counts.sketches == 1)
    #expect(system.ledger.counts.factorizations == 1)
  }
}

extension LinearSolverTests {
  static func system<Scalar: RealScalar>(
    _ shape: (rows: Int, columns: Int), damping: Scalar, curvature: [Scalar]?
  ) throws -> DampedSystem<Scalar> {
    let tall: Matrix<Scalar> = try tallMatrix(
      rows: max(shape.rows, shape.columns), columns: min(shape.rows, shape.columns),
      conditionNumber: 10)
    return DampedSystem(
      jacobian: DenseJacobian(shape.rows >= shape.columns ? tall : tall.transposed()),
      curvatureFactor: curvature, damping: damping)
  }

  /// Prepares and solves once for a random target.
  @discardableResult
  static func solve(
    _ system: DampedSystem<Double>, with solver: any LinearSolver, _ tolerance: Double
  ) throws -> SolveReport {
    let workspace = solver.makeWorkspace(for: Double.self)
    try workspace.prepare(system, key: RandomKey(seed: 0, purpose: .sketch))
    var solution = [Double](repeating: 0, count: system.columnCount)
    var span = solution.mutableSpan
    return try workspace.solve(
      DampedRightHandSide(target: normalVector(system.rowCount, seed: 1)),
      tolerance: .relative(tolerance), into: &span)
  }

  /// ‖N z − r‖ / ‖r‖ without a center: ‖Tᵀ(b − T x) − μ x‖ / ‖Tᵀb‖ in the primal, ‖b − T x‖ / ‖b‖ in the dual
  /// without damping. With damping the dual's z is not known, and Tᵀ times the residual is measured.
  static func relativeResidual(
    of x: [Double], _ system: DampedSystem<Double>,
    _ rightHandSide: DampedRightHandSide<Double>
  ) throws -> Double {
    let target = rightHandSide.target
    let image = try filled(system.rowCount) { try system.apply(x.span, into: &$0) }
    let misfit = combination(1, target, -1, image)
    if system.isDual && system.damping == 0 { return norm(misfit) / norm(target) }
    let gradient = try filled(system.columnCount) {
      try system.applyTransposed(misfit.span, into: &$0)
    }
    let reference = try filled(system.columnCount) {
      try system.applyTransposed(target.span, into: &$0)
    }
    return norm(combination(1, gradient, -system.damping, x)) / norm(reference)
  }
}
