import Foundation

/// All about a finished run but the parameters themselves.
public struct RunSummary: Sendable, Codable {
  /// What was run.
  public let run: RunDescription
  /// Why it ended.
  public let reason: StopReason
  /// Every iteration, the starting point first.
  public let history: [IterationRecord]
  /// How often the expensive things happened.
  public let counts: EvaluationCounts
  /// Seconds in each phase.
  public let phases: [Phase: Double]
  /// Seconds from the start to the end.
  public let seconds: Double
  /// Library, kernels and threads.
  public let environment: ComputeEnvironment

  /// The number of steps made.
  public var iterations: Int { history.last?.iteration ?? 0 }
  /// F at the start.
  public var initialLoss: Double { history.first?.loss ?? .nan }
  /// F at the end.
  public var finalLoss: Double { history.last?.loss ?? .nan }
  /// F at the end divided by F at the start.
  public var relativeLoss: Double { history.last?.relativeLoss ?? .nan }
  /// What the linear solver had to say, each note once, with the iterations that made it.
  public var notes: [String] {
    var iterations: [String: [Int]] = [:]
    for record in history {
      let step = record.step
      for note in (step?.preparation?.fallbacks ?? []) + (step?.solve?.notes ?? []) {
        iterations[note, default: []].append(record.iteration)
      }
    }
    return iterations.sorted { ($0.value[0], $0.key) < ($1.value[0], $1.key) }.map { note, at in
      at.count == 1 ? "iteration \(at[0]): \(note)" : "\(at.count) iterations: \(note)"
    }
  }
}

extension RunSummary: CustomStringConvertible {
  /// One line: status, iterations, seconds, loss and reason.
  public var briefDescription: String {
    "\(reason.status.rawValue) after \(iterations) iterations in "
      + "\(String(format: "%.3f", seconds)) s: \(reason)"
  }

  /// A report of a dozen lines.
  public var description: String {
    func number(_ value: Double) -> String { String(format: "%.6g", value) }
    let detail = run.details.isEmpty ? "" : " (\(run.details))"
    let accounted = Phase.allCases.compactMap { phase in phases[phase].map { (phase.rawValue, $0) }
    }
    let rest = seconds - accounted.reduce(0) { $0 + $1.1 }
    let times = (accounted + [("other", max(0, rest))])
      .map { "\($0.0) \(String(format: "%.3f", $0.1))" }.joined(separator: ", ")
    var lines = [
      briefDescription,
      "  problem      \(run.outputCount) outputs, \(run.parameterCount) parameters, \(run.scalar)",
      "  optimizer    \(run.optimizer)\(detail), seed \(run.seed)",
      "  loss         \(number(initialLoss)) -> \(number(finalLoss)), relative "
        + number(relativeLoss),
      "  counts       \(counts)",
      "  seconds      \(times)",
      "  environment  \(environment)",
    ]
    lines += notes.map { "  note         \($0)" }
    return lines.joined(separator: "\n")
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
