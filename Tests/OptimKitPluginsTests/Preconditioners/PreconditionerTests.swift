import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Preconditioners")
struct PreconditionerTests {
  /// A strategy and the κ(P⁻¹N) it promises, given that of N and its order.
  struct Row: Sendable {
    var strategy: any PreconditionerStrategy
    var bound: @Sendable (_ conditionNumber: Double, _ order: Int) -> Double
  }

  static let all = [
    Row(strategy: IdentityPreconditioning()) { conditionNumber, _ in conditionNumber },
    Row(strategy: DiagonalPreconditioning()) { $0 * Double($1) },
    Row(strategy: BlockJacobiPreconditioning(blockSize: 7)) { $0 * Double(($1 + 6) / 7) },
    // ((√s + √k) / (√s − √k))² is 9 at s = 4 k; twice that for so few columns.
    Row(strategy: SketchPreconditioning(SparseSignSketcher())) { _, _ in 18 },
    Row(strategy: SketchPreconditioning(SRHTSketcher(), factorization: .qr)) { _, _ in 18 },
    Row(strategy: NystromPreconditioning()) { _, _ in 21 },
    Row(strategy: PivotedCholeskyPreconditioning(blockSize: 8)) { _, _ in 101 },
  ]

  @Test(
    "keep κ(P⁻¹N) inside the stated bound, primal and dual, on every spectrum",
    arguments: Spectrum.allCases, [1e-4, 1e-1])
  func conditioning(spectrum: Spectrum, damping: Double) throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 300, columns: 40, conditionNumber: 1e4, spectrum: spectrum)
    for tall in [true, false] {
      let system = DampedSystem(
        jacobian: DenseJacobian(tall ? matrix : matrix.transposed()),
        curvatureFactor: (0..<(tall ? 300 : 40)).map { 1 + Double($0 % 3) / 2 }, damping: damping)
      let plain = try conditionNumber(of: system, IdentityPreconditioning())
      for row in Self.all {
        let measured = try conditionNumber(of: system, row.strategy)
        #expect(
          measured <= 1.0001 * row.bound(plain, 40),
          "\(row.strategy.name) \(tall ? "primal" : "dual"): \(measured), κ(N) \(plain)")
      }
    }
  }

  @Test("are linear, symmetric, positive definite, deterministic; factors agree with the inverse")
  func application() throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let tolerance = 2000 * Scalar.unitRoundoff
      for (rows, columns) in [(90, 15), (15, 90), (20, 20), (1, 30), (30, 1)] {
        let tall: Matrix<Scalar> = try tallMatrix(
          rows: max(rows, columns), columns: min(rows, columns),
          conditionNumber: 10)
        let system = DampedSystem(
          jacobian: DenseJacobian(rows >= columns ? tall : tall.transposed()),
          damping: 0.3)
        for row in Self.all {
          let p = try makePreconditioner(row.strategy, system)
          let again = try makePreconditioner(row.strategy, system)
          let name = "\(row.strategy.name) \(Scalar.self) \(rows) × \(columns)"
          let x: [Scalar] = normalVector(system.shortCount, seed: 1)
          let y: [Scalar] = normalVector(system.shortCount, seed: 2)
          let (px, py) = (inverse(p, x), inverse(p, y))
          #expect(px == inverse(p, x) && px == inverse(again, x), "\(name)")
          let combined = inverse(p, combination(2, x, -3, y))
          let expected = combination(2, px, -3, py)
          let scale = norm(px) + norm(py)
          #expect(distance(combined, expected) <= tolerance * scale, "\(name)")
          #expect(
            abs(Scalar.dot(y.span, px.span) - Scalar.dot(x.span, py.span))
              <= tolerance * scale * (norm(x) + norm(y)), "\(name)")
          #expect(Scalar.dot(x.span, px.span) > 0, "\(name)")
          guard let factored = p as? any FactoredPreconditioner<Scalar> else { continue }
          var steps = x
          var span = steps.mutableSpan
          factored.applyInverseTransposedFactor(in: &span)
          factored.applyInverseFactor(in: &span)
          #expect(distance(steps, px) <= tolerance * norm(px), "\(name)")
        }
      }
    }
  }

  @Test("solve through conjugate gradients, also without damping")
  func solving() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 300, columns: 30, conditionNumber: 30)
    for damping in [0, 0.01] {
      for jacobian in [matrix, matrix.transposed()].map({ DenseJacobian($0) }) {
        let system = DampedSystem(jacobian: jacobian, damping: damping)
        for row in Self.all {
          let issues = check(row.strategy, system)
          #expect(issues == [], "\(row.strategy.name)")
        }
      }
    }
    func check(_ strategy: some PreconditionerStrategy, _ system: DampedSystem<Double>) -> [String]
    {
      conformanceIssues(
        of: PreconditionedCGSolver(strategy), on: system, tolerance: .relative(1e-9),
        center: system.damping > 0)
    }
  }

  @Test("can be stored, and read well")
  func values() throws {
    for row in Self.all {
      try check(row.strategy)
      func check(_ strategy: some PreconditionerStrategy) throws {
        #expect(try roundTrip(strategy) == strategy)
        try strategy.validate()
      }
    }
    func name(_ solver: some LinearSolver) -> String { solver.name }
    #expect(name(.preconditionedCG(.nystrom())) == "nystrom-cg")
    #expect(name(.preconditionedCG(.pivotedCholesky())) == "pivoted-cholesky-cg")
    #expect(name(.preconditionedCG(.blockJacobi(blockSize: 3))) == "block-jacobi-cg")
    #expect(name(.preconditionedCG(.diagonal)) == "diagonal-cg")
    #expect(name(.preconditionedCG(.identity)) == "identity-cg")
  }

  @Test("refuse options outside their domain")
  func badOptions() {
    let bad: [any PreconditionerStrategy] = [
      NystromPreconditioning(initialRank: 0), NystromPreconditioning(maximumRank: 3),
      NystromPreconditioning(errorRatio: .nan), PivotedCholeskyPreconditioning(maximumRank: 0),
      PivotedCholeskyPreconditioning(residualRatio: -1),
      PivotedCholeskyPreconditioning(blockSize: 0), BlockJacobiPreconditioning(blockSize: 0),
      SketchPreconditioning(SRHTSketcher(), oversampling: 1),
    ]
    for strategy in bad {
      #expect(throws: OptimKitError.self, "\(strategy)") { try strategy.validate() }
    }
  }

  @Test("refuse a zero Jacobian without damping, and NaN, with an error; zero with damping is fine")
  func degenerate() throws {
    let zero = DenseJacobian(Matrix<Double>(rowCount: 20, columnCount: 5))
    var broken = try tallMatrix(rows: 20, columns: 5, conditionNumber: 2) as Matrix<Double>
    broken[3, 3] = .nan
    for row in Self.all where row.strategy.name != "identity" {
      let name = row.strategy.name
      #expect(errorKind { try make(zero, 0) } == .singularSystem, "\(name)")
      #expect(errorKind { try make(zero, 0.5) } == nil, "\(name)")
      #expect(errorKind { try make(DenseJacobian(broken), 0.5) } == .nonFiniteValue, "\(name)")
      func make(_ jacobian: DenseJacobian<Double>, _ damping: Double) throws {
        _ = try makePreconditioner(
          row.strategy, DampedSystem(jacobian: jacobian, damping: damping))
      }
    }
  }
}

private func makePreconditioner<Scalar: RealScalar>(
  _ strategy: any PreconditionerStrategy, _ system: DampedSystem<Scalar>, seed: UInt64 = 0
) throws -> any Preconditioner<Scalar> {
  try strategy.makePreconditioner(for: system, key: RandomKey(seed: seed, purpose: .sketch))
}

private func inverse<Scalar: RealScalar>(
  _ preconditioner: any Preconditioner<Scalar>, _ x: [Scalar]
) -> [Scalar] {
  var result = x
  var span = result.mutableSpan
  preconditioner.applyInverse(in: &span)
  return result
}

/// κ(P⁻¹N) = κ(LᵀP⁻¹L), with N = LLᵀ, by dense eigenvalues.
func conditionNumber(
  of system: DampedSystem<Double>, _ strategy: any PreconditionerStrategy, seed: UInt64 = 0
) throws -> Double {
  let order = system.shortCount
  let preconditioner = try makePreconditioner(strategy, system, seed: seed)
  var normal = Matrix<Double>(rowCount: order, columnCount: order)
  // From products, which every Jacobian offers.
  for j in 0..<order {
    let unit: [Double] = unitVector(j, of: order)
    let column: [Double] = try filled(order) { try system.applyNormal(unit.span, into: &$0) }
    for i in 0..<order { normal[i, j] = column[i] }
  }
  let factor = try CholeskyFactorization(normal).triangularFactor
  let columns: [[Double]] = (0..<order).map { j in
    (0..<order).map { $0 < j ? 0 : factor[$0, j] }
  }
  var product = Matrix<Double>(rowCount: order, columnCount: order)
  for j in 0..<order {
    let image = inverse(preconditioner, columns[j])
    for i in 0..<order {
      let column = columns[i]
      product[i, j] = Double.dot(column.span, image.span)
    }
  }
  let values = try product.symmetricEigenvalues()
  return values[order - 1] / values[0]
}
