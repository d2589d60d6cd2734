import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Which way is chosen, from what the system can do, and what happens when that was wrong.
@Suite("Automatic solver")
struct AutomaticSolverTests {
  private let key = RandomKey(seed: 5, purpose: .sketch)

  private func tall(
    _ rows: Int, _ columns: Int, condition: Double, spectrum: Spectrum = .geometric
  ) throws -> Matrix<Double> {
    try tallMatrix(
      rows: rows, columns: columns, conditionNumber: condition, spectrum: spectrum, seed: 3)
  }

  private func target(_ count: Int) -> [Double] {
    var target = Double.zeros(count)
    var span = target.mutableSpan
    RandomKey(seed: 8, purpose: "target").fillNormal(&span)
    return target
  }

  private func relativeResidual(
    _ matrix: Matrix<Double>, _ x: [Double], _ b: [Double], damping: Double = 0
  ) -> Double {
    LeastSquaresAccuracy(of: x, matrix: matrix, target: b, damping: damping).relativeResidual
  }

  private func solve(
    _ system: DampedSystem<Double>, _ b: [Double], tolerance: Double = 1e-8,
    with workspace: any LinearSolverWorkspace<Double>
  ) throws -> (x: [Double], preparation: PreparationReport, report: SolveReport) {
    let preparation = try workspace.prepare(system, for: .relative(tolerance), key: key)
    var x = Double.zeros(system.columnCount)
    var span = x.mutableSpan
    let report = try workspace.solve(
      DampedRightHandSide(target: b), tolerance: .relative(tolerance), into: &span)
    return (x, preparation, report)
  }

  @Test("A tiny system is factored without a comparison, one that cannot be goes to what is left")
  func tinySystems() throws {
    let matrix = try tall(30, 8, condition: 10)
    let b = target(30)
    let workspace = AutomaticSolver().makeWorkspace(for: Double.self)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    for _ in 0..<2 {
      let (x, preparation, _) = try solve(system, b, with: workspace)
      #expect(relativeResidual(matrix, x, b) < 1e-8)
      #expect(preparation.selection?.chosen.name == "exact Cholesky")
      #expect(preparation.selection?.alternatives == [])
    }
    #expect(!AutomaticSolver().explain(system).alternatives.isEmpty)

    // Columns that are the same twice.
    var singular = Matrix<Double>(rowCount: 30, columnCount: 8)
    for i in 0..<30 { for j in 0..<8 { singular[i, j] = matrix[i, j / 2] } }
    let (x, preparation, _) = try solve(
      DampedSystem(jacobian: DenseJacobian(singular)), b,
      with: AutomaticSolver().makeWorkspace(for: Double.self))
    #expect(relativeResidual(singular, x, b) < 1e-8)
    #expect(preparation.fallbacks.contains { $0.contains("exact Cholesky failed") })
    let products = DampedSystem(jacobian: ProductsOnlyJacobian(DenseJacobian(matrix)))
    let (y, other, _) = try solve(
      products, b, with: AutomaticSolver().makeWorkspace(for: Double.self))
    #expect(relativeResidual(matrix, y, b) < 1e-8)
    #expect(other.selection?.chosen.name == "CG")
  }

  @Test("A dense system of moderate condition is factored, and the selection names all other ways")
  func denseSystemIsFactored() throws {
    let matrix = try tall(2000, 60, condition: 1e3)
    let b = target(2000)
    let workspace = AutomaticSolver().makeWorkspace(for: Double.self)
    let (x, preparation, report) = try solve(
      DampedSystem(jacobian: DenseJacobian(matrix)), b, with: workspace)
    #expect(report.status == .converged)
    #expect(relativeResidual(matrix, x, b) < 1e-8)
    let selection = try #require(preparation.selection)
    #expect(selection.chosen.name == "exact Cholesky")
    let names = selection.alternatives.map(\.name)
    for name in ["CG", "QR", "LSQR", "Nyström CG", "sketched CG, sparse-sign", "sketched CG, srht"]
    {
      #expect(names.contains(name))
    }
    let open = selection.alternatives.compactMap(\.estimatedSeconds)
    #expect(open == open.sorted())
    #expect(open.allSatisfy { $0 >= selection.chosen.estimatedSeconds! })
  }

  @Test("Many right-hand sides make iterations dearer, and factorizations no more than they are")
  func solvesThatShareAPreparation() throws {
    let matrix = try tall(2000, 60, condition: 1e3)
    func seconds(solves: Int) -> [String: Double] {
      let system = DampedSystem(jacobian: DenseJacobian(matrix))
      system.solveCount = solves
      let selection = AutomaticSolver().explain(system)
      let ways = [selection.chosen] + selection.alternatives
      return Dictionary(
        uniqueKeysWithValues: ways.compactMap { way in
          way.estimatedSeconds.map { (way.name, $0) }
        })
    }
    let (one, many) = (seconds(solves: 1), seconds(solves: 11))
    #expect(try #require(one["exact Cholesky"]) == #require(many["exact Cholesky"]))
    #expect(try #require(many["CG"]) > 8 * #require(one["CG"]))
  }

  @Test("A system whose normal matrix is singular at working precision goes to the tall matrix")
  func illConditionedSystemIsNotSquared() throws {
    let matrix = try tall(1500, 40, condition: 1e11)
    let b = try DenseJacobian(matrix).product(target(40))
    let workspace = AutomaticSolver().makeWorkspace(for: Double.self)
    let (x, preparation, _) = try solve(
      DampedSystem(jacobian: DenseJacobian(matrix)), b, with: workspace)
    #expect(relativeResidual(matrix, x, b) < 1e-7)
    #expect(!preparation.fallbacks.isEmpty)
    let chosen = try #require(preparation.selection).chosen.name
    #expect(chosen == "QR" || chosen.hasPrefix("sketched LSQR"))
  }

  @Test("Products alone leave conjugate gradients, then Nyström once they took long")
  func productsOnly() throws {
    let matrix = try tall(400, 150, condition: 300, spectrum: .clustered)
    let jacobian = ProductsOnlyJacobian(DenseJacobian(matrix))
    let b = target(400)
    let workspace = AutomaticSolver().makeWorkspace(for: Double.self)
    let system = DampedSystem(jacobian: jacobian, damping: 1e-5)
    let first = try solve(system, b, with: workspace)
    #expect(first.preparation.selection?.chosen.name == "CG")
    #expect(relativeResidual(matrix, first.x, b, damping: 1e-5) < 2e-8)
    let second = try solve(system, b, with: workspace)
    let alternatives = try #require(second.preparation.selection).alternatives
    // What the first solve took is what is expected of the second.
    let expected =
      second.preparation.selection?.chosen.name == "CG"
      ? second.preparation.selection!.chosen.estimatedIterations
      : alternatives.first { $0.name == "CG" }!.estimatedIterations
    #expect(abs(expected - first.report.iterations) <= first.report.iterations / 4 + 2)
  }

  @Test("Iterations that stagnate are finished on the tall matrix, and the note tells")
  func stagnationEscalates() throws {
    // Products only: conjugate gradients cannot reach this on normal equations of condition number 1e18.
    let matrix = try tall(300, 30, condition: 1e9)
    let jacobian = ProductsOnlyJacobian(DenseJacobian(matrix))
    let b = target(300)
    let workspace = AutomaticSolver().makeWorkspace(for: Double.self)
    let (_, _, report) = try solve(
      DampedSystem(jacobian: jacobian), b, tolerance: 1e-12, with: workspace)
    #expect(report.notes.contains { $0.contains("LSQR") })
    let after = try workspace.prepare(
      DampedSystem(jacobian: jacobian), for: .relative(1e-12), key: key)
    #expect(after.selection?.chosen.name == "LSQR")
  }

  @Test("A wide network is solved by its bit Gram, and a sketch of its factors is among the others")
  func networkUsesItsStructure() throws {
    let objective: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 60, features: 8, width: 512)
    let start = objective.model.initialParameters(seed: 0)
    let system = DampedSystem(jacobian: try objective.linearize(at: start.span).jacobian)
    let selection = AutomaticSolver().explain(system, tolerance: .relative(0.1))
    #expect(selection.chosen.name.hasPrefix("exact Cholesky"))
    #expect(selection.alternatives.contains { $0.name == "sketched CG, tensor" })
  }

  @Test("Rates decide: a machine that is slow in matrix products alone prefers iterations")
  func ratesDecide() throws {
    let matrix = try tall(20_000, 100, condition: 10)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    var rates = MachineRates.reference
    rates.matrixOperations /= 1e6
    let slow = AutomaticSolver(rates: .given(rates)).explain(system, tolerance: .relative(0.1))
    #expect(slow.chosen.name == "CG")
  }

  @Test("Rates that are not positive are refused, and measured ones are positive")
  func ratesAreValid() throws {
    var rates = MachineRates.reference
    rates.streamedBytes = 0
    #expect(throws: OptimKitError.self) { try AutomaticSolver(rates: .given(rates)).validate() }
    try AutomaticSolver(rates: .given(.measured())).validate()
  }

  @Test("The explanation names the choice, its estimate and what it took")
  func explanationTells() throws {
    let system = DampedSystem(jacobian: DenseJacobian(try tall(500, 20, condition: 10)))
    let text = AutomaticSolver().explain(system).explanation(actualSeconds: 0.25)
    #expect(text.contains("primal system of order 20, 500 long"))
    #expect(text.contains("exact Cholesky: about"))
    #expect(text.contains("took 0.25 s"))
  }
}
