import ExampleSupport
import OptimKit

/// Trainings of one network by every solver, and by other optimizers for comparison, from the same start.
struct Comparison: Sendable {
  let facts: ProblemFacts
  let results: [TrainingResult]

  /// Trains with every solver until interrupted, those that sketch with each sketch unless one was chosen, and prints a
  /// line as each ends, unless JSON was asked for.
  init<Scalar>(of problem: TrainingProblem<Scalar>) throws {
    facts = problem.facts
    let options = problem.options
    let trainings = SolverChoice.allCases.filter(\.isCompared).flatMap { solver in
      let sketches = options.sketch.map { [$0] } ?? SketchChoice.allCases
      return (solver.takesSketch ? sketches : [options.chosenSketch]).map { (solver, $0) }
    }
    results = try Interruption.upToInterruption(trainings) { solver, sketch in
      let result = try problem.attempt(solver, sketch).result
      if !options.json { try StandardOutput.write("\(result.label): \(result.brief)") }
      return result
    }
  }

  /// Whether all solvers reached the tolerance; of other optimizers it is not expected.
  var isConverged: Bool { failures.isEmpty }

  private var failures: [TrainingResult] {
    results.filter { !$0.isConverged && !$0.solver.isPeer }
  }

  /// One row a solver.
  var text: String {
    var table = TextTable([
      "solver", "status", "steps", "inner", "seconds", "final loss", "ratio ≤",
      facts.testSamples > 0 ? "test" : "RMSE", "movement",
    ])
    for result in results { table.append([result.label] + result.cells) }
    return "\n" + table.text
  }

  /// One object, with those of the trainings as `results`.
  var json: JSONValue {
    var object = facts.json
    let failures = failures.map(\.label)
    let (status, reason) = Interruption.verdict(
      success: "all solvers converged", notConverged: failures)
    object["status"] = .string(status)
    object["reason"] = .string(reason)
    object["seconds"] = .number(results.compactMap { $0.report?.seconds }.reduce(0, +))
    object["results"] = .array(results.map { $0.json(facts) })
    return .object(object)
  }
}

extension TrainingResult {
  /// Solver and sketch.
  fileprivate var label: String {
    [solver.rawValue, sketch?.rawValue].compactMap { $0 }.joined(separator: " ")
  }

  fileprivate var brief: String {
    switch outcome {
    case .finished(let report): report.summary.briefDescription
    case .failed(let error): "failed: \(error)"
    }
  }

  fileprivate var cells: [String] {
    guard let report else { return ["failed"] }
    let summary = report.summary
    let score = report.score.testAccuracy.map { "\(($0 * 100).decimals(2)) %" }
    return [
      summary.reason.status.rawValue, "\(summary.iterations)", "\(summary.counts.innerIterations)",
      report.seconds.decimals(3), summary.finalLoss.significant(3),
      report.largestRatio?.significant(3) ?? "-", score ?? report.score.trainRMSE.significant(3),
      report.largestMovement.significant(3),
    ]
  }
}
