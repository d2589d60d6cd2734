import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins
import OptimKitTesting

extension Claim {
  /// C23: what squaring the condition number costs.
  static let normalEquations = Claim(
    id: "C23", title: "the normal equations are accurate enough at any conditioning",
    statement: """
      Steps w = A g from AᵀA g = y meet their targets, ‖J w − y‖ ≤ 1e-6 ‖y‖, whatever κ(J): by the exact Gram matrix, by \
      sketched conjugate gradients, and by LSQR, which works on A with the sketch's R as right preconditioner.
      """,
    source: "the reader's wish; the paper computes without rounding"
  ) { context in
    let columns = context.pick(quick: 60, full: 200)
    let rows = context.pick(quick: 2000, full: 20000)
    let exponents = [3, 5, 7]
    let exception = """
      AᵀA has the squared condition number: rounding leaves up to 1e-16 κ(J)² of the target
      """
    var exact: [Double] = []
    var gradients: [Double] = []
    var lsqr: [Double] = []
    for exponent in exponents {
      let matrix: Matrix<Double> = try tallMatrix(
        rows: rows, columns: columns, conditionNumber: pow(10, Double(exponent)),
        seed: context.seed)
      let regression = SketchedRegression(matrix, seed: context.seed, context)
      exact.append(
        try regression.solve(with: CholeskySolver(), to: 1e-8, seed: context.seed).residual)
      gradients.append(
        try regression.solve(
          with: SketchedCGSolver(SparseSignSketcher()), to: 1e-8, seed: context.seed
        ).residual)
      lsqr.append(
        try regression.solve(
          with: SketchedLSQRSolver(SparseSignSketcher()), to: 1e-8, seed: context.seed
        ).residual)
    }
    return Finding(
      ran: """
        \(rows) × \(columns) matrices with geometric spectra, κ(J) = \
        \(exponents.map { "1e\($0)" }.joined(separator: ", ")); Cholesky of the exact Gram matrix, conjugate gradients \
        and LSQR with a sparse-sign sketch of 4 rows a column, all asked for 1e-8
        """,
      figures: zip(exponents, exact).map {
        Figure(
          "‖J w − y‖ / ‖y‖ by the exact Gram matrix, κ(J) = 1e\($0)", $1, .atMost(1e-6),
          exception: $0 >= 5 ? exception : nil)
      }
        + zip(exponents, gradients).map {
          Figure(
            "‖J w − y‖ / ‖y‖ by sketched conjugate gradients, κ(J) = 1e\($0)", $1, .atMost(1e-6),
            exception: $0 >= 5 ? exception : nil)
        }
        + zip(exponents, lsqr).map {
          Figure("‖J w − y‖ / ‖y‖ by LSQR with a sketch, κ(J) = 1e\($0)", $1, .atMost(1e-6))
        })
  }
}
