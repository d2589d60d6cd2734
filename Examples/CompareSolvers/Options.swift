import ExampleSupport
import OptimKit
import OptimKitTesting

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  package var matrix: String?
  package var rhs: String?
  package var rows: Int?
  package var columns: Int?
  package var condition: Double?
  package var spectrum: Spectrum?
  package var coherent = false
  package var damping = 0.0

  package var solvers: [SolverChoice]?
  package var sketches: [SketchChoice]?
  package var oversampling: Double?
  package var tolerance = 1e-10
  package var scalar = ScalarPrecision.double
  package var seed = 0
  package var threads: Int?
  package var json = false

  /// The options of a command without any.
  package init() {}

  /// Refuses options that contradict each other, as far as that shows before data are read.
  package func validate() throws {
    if rhs != nil, matrix == nil {
      throw Self.contradiction(
        "--rhs is given without --matrix", remedy: "give both, or --matrix alone")
    }
    let isSynthetic =
      rows != nil || columns != nil || condition != nil || spectrum != nil || coherent
    if matrix != nil, isSynthetic {
      throw Self.contradiction(
        "--matrix brings a matrix, but an option of synthetic ones is given too",
        remedy: "leave --rows, --columns, --condition, --spectrum and --coherent out")
    }
    if let sketches, let solvers, !solvers.contains(where: \.takesSketch) {
      throw Self.contradiction(
        "no solver among \(solvers.map(\.rawValue).joined(separator: ", ")) draws a sketch, but "
          + "--sketch is \(sketches.map(\.rawValue).joined(separator: ","))",
        remedy: "leave --sketch out, or add a solver that sketches")
    }
  }

  private static func contradiction(_ cause: String, remedy: String) -> OptimKitError {
    OptimKitError(.invalidArgument, cause: cause, remedy: remedy)
  }
}

extension Options {
  /// The command line of `compare-solvers`.
  package static let syntax = CommandLineSyntax(
    command: "compare-solvers",
    summary: """
      Which solver for this matrix? Solves min ‖A x − b‖² + μ‖x‖² by every solver with every sketch and \
      shows iterations, seconds and accuracy side by side.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Problem",
        [
          .option("matrix", \.matrix, .path("A.npy"), "the matrix A, of any shape"),
          .option("rhs", \.rhs, .path("b.npy"), "the right-hand side b", absent: "A x₀ plus noise"),
          .option("rows", \.rows, .integer(in: 1...), "rows of a synthetic A", absent: "10000"),
          .option("columns", \.columns, .integer(in: 1...), "its columns", absent: "200"),
          .option(
            "condition", \.condition, .number(atLeast: 1), "its condition number", absent: "1e6"),
          .option(
            "spectrum", \.spectrum, .choice, "how its singular values are spread",
            absent: "geometric"),
          .flag("coherent", \.coherent, "let a few of its rows carry most of the weight"),
          .option("damping", \.damping, .nonNegativeNumber, "μ"),
        ]),
      .init(
        "Strategies",
        [
          .option("solver", \.solvers, .choices(), "solvers to try", absent: "all"),
          .option(
            "sketch", \.sketches, .choices(), "sketches for those that draw one", absent: "all"),
          .option(
            "oversampling", \.oversampling, .number(atLeast: 1.1), "rows of a sketch per column",
            absent: "4; 50 for richardson"),
          .option(
            "tolerance", \.tolerance, .positiveNumber,
            "residual of the normal equations relative to their right-hand side"),
          .option("scalar", \.scalar, .choice, "precision of all computation"),
          .option("seed", \.seed, .integer(in: 0...), "source of all randomness"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use", absent: "one a processor"
          ),
        ]),
      .init("Output", [.flag("json", \.json, "print one JSON object and nothing else")]),
    ],
    footer: "Exit status: 0 all converged, 1 some did not, 2 bad input, 130 interrupted.")
}
