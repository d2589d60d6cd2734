import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting

/// A damped least-squares problem, and what is measured of its solutions.
struct Problem<Scalar: RealScalar> {
  let name: String
  let matrix: Matrix<Scalar>
  let target: [Scalar]
  let damping: Scalar

  /// Reads or makes the problem that the options ask for.
  init(_ options: Options) throws {
    if let path = options.matrix {
      name = path
      matrix = try Matrix(option: "matrix", path: path, vectorIs: .column)
    } else {
      (name, matrix) = try Self.synthetic(options)
    }
    damping = Scalar(options.damping)
    if let path = options.rhs {
      let column = try Matrix<Scalar>(option: "rhs", path: path, vectorIs: .column)
      guard column.rowCount == matrix.rowCount, column.columnCount == 1 else {
        throw OptimKitError(
          .dimensionMismatch,
          cause: "--rhs \(path) is \(column.rowCount) × \(column.columnCount) for a matrix of "
            + "\(matrix.rowCount) rows",
          remedy: "give one number per row of --matrix")
      }
      target = column.storage
    } else {
      target = Self.target(for: matrix, seed: UInt64(options.seed))
    }
  }

  private static func synthetic(_ options: Options) throws -> (String, Matrix<Scalar>) {
    let rows = options.rows ?? 10_000
    let columns = options.columns ?? 200
    let spectrum = options.spectrum ?? .geometric
    let condition = options.condition ?? 1e6
    try MemoryBudget.require(
      bytes: 4 * 8 * Double(rows) * Double(columns), for: "a matrix of \(rows) × \(columns)",
      remedy: "choose fewer --rows or --columns")
    let tall: Matrix<Scalar> = try tallMatrix(
      rows: max(rows, columns), columns: min(rows, columns), conditionNumber: condition,
      spectrum: spectrum, isCoherent: options.coherent, seed: UInt64(options.seed))
    let name =
      "synthetic, \(spectrum.rawValue) spectrum, condition number "
      + "\((spectrum == .flat ? 1 : condition).significant()), "
      + "\(options.coherent ? "coherent" : "incoherent") rows"
    return (name, rows >= columns ? tall : tall.transposed())
  }

  /// A x₀ plus a tenth of noise.
  private static func target(for matrix: Matrix<Scalar>, seed: UInt64) -> [Scalar] {
    let key = RandomKey(seed: seed, purpose: "right-hand side")
    var solution = Scalar.zeros(matrix.columnCount)
    var target = Scalar.zeros(matrix.rowCount)
    var noise = target
    var solutionSpan = solution.mutableSpan
    var targetSpan = target.mutableSpan
    var noiseSpan = noise.mutableSpan
    key.fillNormal(&solutionSpan)
    key.with(iteration: 1).fillNormal(&noiseSpan)
    DenseJacobian(matrix).apply(solution.span, into: &targetSpan)
    let scale = Scalar.norm(targetSpan.span) / Scalar.norm(noiseSpan.span) / 10
    Scalar.add(scale, noiseSpan.span, to: &targetSpan)
    return target
  }

  /// The problem's short side, to be solved.
  var system: DampedSystem<Scalar> {
    DampedSystem(jacobian: DenseJacobian(matrix), damping: damping)
  }

  /// A or Aᵀ, whichever is tall.
  var tall: Matrix<Scalar> {
    matrix.rowCount > matrix.columnCount ? matrix : matrix.transposed()
  }
}
