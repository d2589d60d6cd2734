import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// One damped system with its dense matrices by definition, in double precision.
struct SystemCase: CustomTestStringConvertible, Sendable {
  enum Curvature: Sendable { case none, ones, positive, withZero, blocks }
  enum Provider: Sendable { case rows, gram, products }

  var rows: Int
  var columns: Int
  var curvature: Curvature
  var damping: Double

  var isDual: Bool { rows <= columns }
  var testDescription: String {
    "\(rows) × \(columns), curvature \(curvature), damping \(damping)"
  }

  static let all = [(5, 9), (9, 5), (6, 6), (1, 4), (4, 1)].flatMap { shape in
    [
      (Curvature.none, 0.0), (.ones, 0.5), (.positive, 0), (.positive, 0.3), (.withZero, 2),
      (.blocks, 0.4),
    ].map {
      SystemCase(rows: shape.0, columns: shape.1, curvature: $0.0, damping: $0.1)
    }
  }

  private var key: RandomKey { RandomKey(seed: 2, purpose: "system") }

  func matrix<Scalar: RealScalar>() -> Matrix<Scalar> { key.normalMatrix(rows, columns) }

  func factor<Scalar: RealScalar>() -> CurvatureFactor<Scalar> {
    switch curvature {
    case .none: .identity
    case .ones: .diagonal([Scalar](repeating: 1, count: rows))
    case .positive: .diagonal((0..<rows).map { 0.5 + Scalar($0) / 4 })
    case .withZero: .diagonal((0..<rows).map { Scalar(($0 + 1) % 3) / 2 })
    case .blocks: .random(outputs: rows)
    }
  }

  func system<Scalar: RealScalar>(_ provider: Provider) -> DampedSystem<Scalar> {
    let matrix: Matrix<Scalar> = matrix()
    let jacobian: any JacobianProvider<Scalar> =
      switch provider {
      case .rows: DenseJacobian(matrix)
      case .gram: GramJacobian(matrix)
      case .products: ProductsOnlyJacobian(DenseJacobian(matrix))
      }
    return DampedSystem(jacobian: jacobian, curvatureFactor: factor(), damping: Scalar(damping))
  }

  /// T of the problem as the scalar holds it.
  func dense<Scalar: RealScalar>(_: Scalar.Type) -> Matrix<Double> {
    let matrix: Matrix<Scalar> = matrix()
    let factor: CurvatureFactor<Scalar> = factor()
    return factor.dense(rows).plainlyTransposed * matrix.inDouble
  }

  /// A, the tall one of T and Tᵀ.
  func tall<Scalar: RealScalar>(_ type: Scalar.Type) -> Matrix<Double> {
    isDual ? dense(type).plainlyTransposed : dense(type)
  }

  /// N = AᵀA + μI.
  func normal<Scalar: RealScalar>(_ type: Scalar.Type) -> Matrix<Double> {
    let tall = tall(type)
    var result = tall.plainlyTransposed * tall
    for i in 0..<result.rowCount { result[i, i] += Double(Scalar(damping)) }
    return result
  }

  func vector<Scalar: RealScalar>(_ count: Int, _ number: Int) -> [Scalar] {
    key.with(iteration: number).normalVector(count)
  }
}

@Suite struct DampedSystemTests {
  @Test(arguments: SystemCase.all, [SystemCase.Provider.rows, .gram, .products])
  func productsFollowTheDefinition(of example: SystemCase, provider: SystemCase.Provider) throws {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) throws {
      let system: DampedSystem<Scalar> = example.system(provider)
      #expect(system.isDual == example.isDual)
      #expect(system.shortCount == min(example.rows, example.columns))
      #expect(system.longCount == max(example.rows, example.columns))
      let epsilon = Scalar.roundingOfSums
      let dense = example.dense(type)

      let x: [Scalar] = example.vector(example.columns, 1)
      let image = try filled(example.rows) { try system.apply(x.span, into: &$0) }
      #expect(largestDifference(image, dense * x.map { Double($0) }) <= epsilon)

      let u: [Scalar] = example.vector(example.rows, 2)
      let back = try filled(example.columns) { try system.applyTransposed(u.span, into: &$0) }
      #expect(
        largestDifference(back, dense.plainlyTransposed * u.map { Double($0) }) <= epsilon)
      #expect(system.ledger.counts.jacobianProducts == 1)
      #expect(system.ledger.counts.transposedJacobianProducts == 1)

      let z: [Scalar] = example.vector(system.shortCount, 3)
      for _ in 0..<2 {
        let normal = try filled(system.shortCount) { try system.applyNormal(z.span, into: &$0) }
        #expect(
          largestDifference(normal, example.normal(type) * z.map { Double($0) }) <= epsilon)
      }
      // However it is done, a product with N is one with J and one with Jᵀ.
      #expect(system.ledger.counts.jacobianProducts == 3)
      #expect(system.ledger.counts.transposedJacobianProducts == 3)
    }
    for type in scalarTypes { try check(type) }
  }

  @Test(arguments: SystemCase.all, [SystemCase.Provider.rows, .gram, .products])
  func normalMatrixComesFromWhatTheJacobianOffers(
    of example: SystemCase, provider: SystemCase.Provider
  ) throws {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) throws {
      let system: DampedSystem<Scalar> = example.system(provider)
      let order = system.shortCount
      var matrix = Matrix<Scalar>(rowCount: order, columnCount: order)
      // A Gram matrix serves the dual only.
      guard provider == .rows || (provider == .gram && example.isDual) else {
        #expect(
          errorKind { try system.formNormalMatrix(into: &matrix) } == .missingCapability)
        return
      }
      matrix.withMutableElements { Scalar.fill(&$0, with: .nan) }
      try system.formNormalMatrix(into: &matrix)
      #expect(
        largestDifference(
          matrix.keeping(.lower), example.normal(type).keeping(.lower)) <= Scalar.roundingOfSums)
      #expect(system.ledger.counts.gramMatrices == 1)
    }
    for type in scalarTypes { try check(type) }
  }

  /// A system solved through its short side solves the damped normal equations of the long one.
  @Test(
    arguments: SystemCase.all.filter { $0.curvature != .none || $0.rows != $0.columns },
    [true, false])
  func shortSideAndRecoveryGiveTheMinimiser(of example: SystemCase, hasCenter: Bool) throws {
    let system: DampedSystem<Double> = example.system(.products)
    let side = DampedRightHandSide<Double>(
      target: example.vector(example.rows, 4),
      center: hasCenter ? example.vector(example.columns, 5) : nil)
    var z = try filled(system.shortCount) { try system.shortSide(of: side, into: &$0) }
    let cholesky = try CholeskyFactorization(example.normal(Double.self))
    var span = z.mutableSpan
    cholesky.solve(in: &span)
    let x = try filled(example.columns) {
      try system.recover(from: z.span, of: side, into: &$0)
    }

    let dense = example.dense(Double.self)
    let center = side.center ?? [Double](repeating: 0, count: example.columns)
    let misfit = combination(1, dense * x, -1, side.target)
    let gradient = combination(
      1, dense.plainlyTransposed * misfit, example.damping, combination(1, x, -1, center))
    #expect(norm(gradient) <= 1e-9)
    // Without damping the dual solution interpolates, and departs from c by a combination of rows.
    if example.isDual, example.damping == 0 { #expect(norm(misfit) <= 1e-9) }
  }

  @Test(arguments: scalarTypes)
  func shortSideByDefinition(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let wide = try Matrix<Scalar>(rowCount: 1, columnCount: 2, storage: [1, 2])
      let side = DampedRightHandSide<Scalar>(target: [10], center: [1, 1])
      let dual = DampedSystem(jacobian: DenseJacobian(wide), curvatureFactor: [2], damping: 0.5)
      // b − T c = 10 − 2 · 3, x = c + Tᵀ z.
      #expect(try filled(1) { try dual.shortSide(of: side, into: &$0) } == [4])
      #expect(
        try filled(2) { try dual.recover(from: [3].span, of: side, into: &$0) } == [7, 13])

      let tall = DampedRightHandSide<Scalar>(target: [1, 2], center: [8])
      let primal = DampedSystem(
        jacobian: DenseJacobian(wide.transposed()), curvatureFactor: [1, 3], damping: 0.5)
      // Tᵀb + μc = 1 + 12 + 4.
      #expect(try filled(1) { try primal.shortSide(of: tall, into: &$0) } == [17])
      #expect(try filled(1) { try primal.recover(from: [3].span, of: tall, into: &$0) } == [3])
    }
    try check(type)
  }

  /// Rows are read in blocks of 2²² elements; here the last block is shorter.
  @Test(arguments: [(5, 1_400_000), (1_500_000, 3)])
  func blocksOfRowsAddUp(rows: Int, columns: Int) throws {
    let key = RandomKey(seed: 4, purpose: "blocks")
    var matrix = Matrix<Float>(rowCount: rows, columnCount: columns)
    matrix.withMutableElements { key.fillRademacher(&$0) }
    let factor = (0..<rows).map { Float($0 % 2 + 1) }
    let system = DampedSystem(jacobian: DenseJacobian(matrix), curvatureFactor: factor, damping: 3)
    var normal = Matrix<Float>(rowCount: system.shortCount, columnCount: system.shortCount)
    try system.formNormalMatrix(into: &normal)

    let elements = matrix.storage
    for i in 0..<system.shortCount {
      for j in 0...i {
        var sum = i == j ? 3.0 : 0
        if system.isDual {
          let weight = factor[i] * factor[j]
          for l in 0..<columns {
            sum += Double(weight * elements[i * columns + l] * elements[j * columns + l])
          }
        } else {
          for l in 0..<rows {
            let weight = factor[l] * factor[l]
            sum += Double(weight * elements[l * columns + i] * elements[l * columns + j])
          }
        }
        // Sums of millions of signs; a block left out or taken twice is off by much more.
        #expect(abs(Double(normal[i, j]) - sum) <= 20 + 1e-4 * abs(sum))
      }
    }
  }
}
