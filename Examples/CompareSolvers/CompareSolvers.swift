import ExampleSupport
import OptimKit

/// `compare-solvers`: which solver for this matrix?
@main
package enum CompareSolvers {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("compare-solvers", run)
  }

  /// Does what `arguments` ask for.
  package static func run(_ arguments: [String]) throws -> ExitStatus {
    try ExampleProgram.run(computation: Options.syntax, arguments) {
      try run($0, scalar: $0.scalar.type)
    }
  }

  private static func run<Scalar: RealScalar>(
    _ options: Options, scalar: Scalar.Type
  ) throws -> ExitStatus {
    let problem = try Problem<Scalar>(options)
    if !options.json { try StandardOutput.write(problem.header) }
    let comparison = try Comparison(problem, options)
    try StandardOutput.write(options.json ? comparison.json.text : comparison.text)
    if Interruption.token.isCancelled { return .interrupted }
    return comparison.isConverged ? .success : .notConverged
  }
}

extension Problem {
  fileprivate var header: String {
    """
    matrix       \(name): \(matrix.rowCount) × \(matrix.columnCount), \(Scalar.typeName)\
    \(damping > 0 ? ", damping \(damping)" : "")
    environment  \(ComputeEnvironment.current)

    """
  }
}

extension Comparison {
  /// One row a strategy.
  fileprivate var text: String {
    var table = TextTable(["solver"] + StrategyResult.headings)
    for result in results { table.append([result.label] + result.cells) }
    let explanations = results.compactMap { result in
      result.explanation.map { "\n\n\(result.label): \($0)" }
    }.joined()
    return """

      \(table.text)

      κ is that of the preconditioned normal equations, residual ‖Aᵀ(b − A x) − μx‖ / ‖Aᵀb‖ computed afresh,
      backward the same relative to ‖A‖ ‖b − A x‖.\(explanations)
      """
  }

  /// One object, with those of the strategies as `results`.
  fileprivate var json: JSONValue {
    let environment = ComputeEnvironment.current
    return [
      "example": "compare-solvers", "matrix": .string(problem.name),
      "rows": .integer(problem.matrix.rowCount), "columns": .integer(problem.matrix.columnCount),
      "damping": .number(Double(problem.damping)), "tolerance": .number(Double(tolerance)),
      "scalar": .string(ScalarPrecision(Scalar.self).rawValue),
      "kernel": .string(environment.kernel), "threads": .integer(environment.threads),
      "environment": .string(environment.description),
      "status": .string(
        Interruption.token.isCancelled
          ? RunStatus.cancelled.rawValue : isConverged ? "converged" : "notConverged"),
      "results": .array(results.map(\.json)),
    ]
  }
}
