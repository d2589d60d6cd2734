import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting

/// A tall matrix A, its system AᵀA g = y, and what sketches make of it.
struct SketchedRegression {
  /// A.
  let matrix: Matrix<Double>
  /// The dual system of J = Aᵀ, as in the paper: AᵀA is J Jᵀ.
  let system: DampedSystem<Double>
  /// y, of standard normal numbers.
  let target: [Double]

  /// A dense A.
  init(_ matrix: Matrix<Double>, seed: UInt64, _ context: ClaimContext) {
    self.init(
      matrix, jacobian: DenseJacobian(matrix.transposed()), seed: seed, context)
  }

  /// A = Jᵀ for the Jacobian J of a wide network at its start, whose rows are Kronecker products.
  init(_ problem: WideProblem, seed: UInt64, _ context: ClaimContext) throws {
    let jacobian = try problem.linearize(at: problem.start).jacobian
    var rows = Matrix<Double>(rowCount: jacobian.rowCount, columnCount: jacobian.columnCount)
    rows.withMutableElements { jacobian.copyRows(0..<jacobian.rowCount, into: &$0) }
    self.init(rows.transposed(), jacobian: jacobian, seed: seed, context)
  }

  private init(
    _ matrix: Matrix<Double>, jacobian: any JacobianProvider<Double>, seed: UInt64,
    _ context: ClaimContext
  ) {
    self.matrix = matrix
    system = DampedSystem(
      jacobian: jacobian, ledger: RunLedger(cancellation: context.cancellation))
    target = RandomKey(seed: seed, purpose: "right-hand side").normalVector(matrix.columnCount)
  }

  /// n, the columns of A.
  var order: Int { matrix.columnCount }

  /// R̃ of the QR factorization S A = Q R̃; the R of the paper is its inverse.
  func triangle(of sketcher: any Sketcher, rows: Int, seed: UInt64) throws -> Matrix<Double> {
    let sketch = try system.makeSketch(
      from: sketcher, rows: rows, key: RandomKey(seed: seed, purpose: .sketch))
    var sketched = Matrix<Double>(rowCount: sketch.rowCount, columnCount: order)
    try system.apply(sketch, into: &sketched)
    return try OrthogonalFactorization(sketched).triangularFactor
  }

  /// κ(RᵀAᵀAR), the condition number of the preconditioned system.
  func conditionNumber(preconditionedBy triangle: Matrix<Double>) throws -> Double {
    let root = try OptimKitTesting.conditionNumber(of: matrix, preconditionedBy: triangle)
    return root * root
  }

  /// M = RᵀAᵀAR.
  func preconditioned(by triangle: Matrix<Double>) -> PreconditionedMatrix {
    PreconditionedMatrix(gram(of: matrix, rightDividedBy: triangle))
  }

  /// Rᵀy.
  func preconditionedTarget(_ triangle: Matrix<Double>) -> [Double] {
    var result = target
    var span = result.mutableSpan
    Double.solveTriangular(
      triangle.storage.span, order: order, triangle: .upper, .transposed, in: &span)
    return result
  }

  /// Solves AᵀA g = y to a relative residual.
  ///
  /// - Returns: Iterations, infinite where the solver did not reach the residual; and ‖AᵀA g − y‖ / ‖y‖, computed afresh,
  ///   infinite where the solver has nothing to show.
  func solve(
    with solver: some LinearSolver, to residual: Double, seed: UInt64
  ) throws -> (iterations: Double, residual: Double) {
    let workspace = solver.makeWorkspace(for: Double.self)
    try workspace.prepare(
      system, for: .relative(residual), key: RandomKey(seed: seed, purpose: .sketch))
    // Solvers return the step of the long side, A g.
    var step = Double.zeros(matrix.rowCount)
    var span = step.mutableSpan
    let report: SolveReport
    do {
      report = try workspace.solve(
        DampedRightHandSide(target: target), tolerance: .relative(residual), into: &span)
    } catch let error as OptimKitError where error.kind == .noConvergence {
      return (.infinity, .infinity)
    }
    var fitted = Double.zeros(order)
    var fittedSpan = fitted.mutableSpan
    try system.apply(step.span, into: &fittedSpan)
    Double.add(-1, target.span, to: &fittedSpan)
    let actual = Double.norm(fittedSpan.span) / Double.norm(target.span)
    return (report.status == .converged ? Double(report.iterations) : .infinity, actual)
  }
}
