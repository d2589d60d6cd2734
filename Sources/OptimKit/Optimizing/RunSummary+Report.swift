import Foundation

extension RunSummary: CustomStringConvertible {
  /// One line: status, iterations, seconds, loss and reason.
  public var briefDescription: String {
    "\(reason.status.rawValue) after \(iterations) iterations in "
      + "\(String(format: "%.3f", seconds)) s: \(reason)"
  }

  /// The full report: problem, settings, loss, counts, time per phase, environment, notes, warnings and advice.
  public var description: String {
    func number(_ value: Double) -> String { String(format: "%.6g", value) }
    let detail = run.details.isEmpty ? "" : " (\(run.details))"
    let times = Phase.allCases.compactMap { phase in
      phases[phase].map { "\(phase.rawValue) \(String(format: "%.3f", $0))" }
    }
    var lines = [
      briefDescription,
      "  problem      \(run.outputCount) outputs, \(run.parameterCount) parameters, \(run.scalar)",
      "  optimizer    \(run.optimizer)\(detail), seed \(run.seed)",
      "  stopping     \(run.stopping.map(\.description).joined(separator: ", "))",
      "  loss         \(number(initialLoss)) -> \(number(finalLoss)), relative "
        + number(relativeLoss),
    ]
    if bestIteration != iterations {
      lines.append("  best         \(number(bestLoss)) in iteration \(bestIteration)")
    }
    lines += settingLines
    lines += [
      "  counts       \(counts)",
      "  seconds      \(times.joined(separator: ", "))",
      "  environment  \(environment)",
    ]
    if let resumedAt { lines.append("  resumed      from iteration \(resumedAt)") }
    lines += notes.map { "  note         \($0)" }
    lines += warnings.map { "  warning      \($0)" }
    lines += advice.map { "  advice       \($0)" }
    return lines.joined(separator: "\n")
  }

  /// What to try next, where something is to be tried.
  public var advice: [String] {
    var lines: [String] = []
    if let error = reason.error { lines.append(error.remedy) }
    if bestIteration < iterations, bestLoss < finalLoss {
      lines.append(
        "the loss has risen since iteration \(bestIteration): use backtracking or damping")
    }
    let solves = history.compactMap { $0.step?.solve }
    let limited = solves.count { $0.status == .iterationLimit }
    if limited > 0 {
      lines.append(
        "\(limited) of \(solves.count) linear solves hit their limit of iterations: raise it, or use a "
          + "preconditioner")
    }
    if reason.status == .stoppedByBudget, let last = history.last?.lossRatio, last < 0.9 {
      lines.append("the loss still fell when the budget ended: allow more")
    }
    return lines
  }
}

extension EvaluationCounts: CustomStringConvertible {
  /// The counts that are not zero, in words.
  public var description: String {
    let all: [(Int, String)] = [
      (evaluations, "evaluations"), (linearizations, "linearizations"),
      (batchEvaluations, "evaluations of batches"), (batchSamples, "samples in batches"),
      (jacobianProducts, "products with J"), (transposedJacobianProducts, "with its transpose"),
      (gramMatrices, "Gram matrices"), (sketches, "sketches"), (factorizations, "factorizations"),
      (innerIterations, "inner iterations"),
    ]
    return all.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}
