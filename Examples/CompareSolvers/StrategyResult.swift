import ExampleSupport

/// What one strategy did on a problem; nil where it was not, or could not be, measured.
struct StrategyResult: Sendable {
  let strategy: Strategy
  var status = ""
  var failure: String?
  var seconds: Double?
  var iterations: Int?
  var sketchSize: Int?
  var distortion: Double?
  var conditionNumber: Double?
  var relativeResidual: Double?
  var backwardError: Double?
  /// How the automatic solver chose.
  var explanation: String?

  /// Whether the strategy reached the tolerance.
  var isConverged: Bool { status == "converged" }

  /// Solver and sketch.
  var label: String {
    let solver = strategy.solver.rawValue
    return strategy.sketch.map { "\(solver) \($0.rawValue)" } ?? solver
  }

  /// A few words, as progress.
  var brief: String {
    if let failure { return "failed: \(failure)" }
    return "\(status) after \(iterations ?? 0) iterations in \((seconds ?? 0).decimals(3)) s"
  }

  /// The cells of a table row behind the label.
  var cells: [String] {
    func text(_ value: Double?) -> String { value?.significant(3) ?? "-" }
    return [
      status, sketchSize.map(String.init) ?? "-", text(distortion), text(conditionNumber),
      iterations.map(String.init) ?? "-", seconds?.decimals(3) ?? "-", text(relativeResidual),
      text(backwardError),
    ]
  }

  /// The headings of `cells`.
  static let headings = [
    "status", "sketch", "distortion", "κ", "iterations", "seconds", "residual", "backward",
  ]

  /// One object of `results`.
  var json: JSONValue {
    [
      "solver": .string(strategy.solver.rawValue),
      "sketch": .optional(strategy.sketch?.rawValue),
      "sketchSize": sketchSize.map { .integer($0) } ?? .null,
      "distortion": .optional(distortion),
      "conditionNumber": .optional(conditionNumber),
      "iterations": iterations.map { .integer($0) } ?? .null,
      "seconds": .optional(seconds),
      "relativeResidual": .optional(relativeResidual),
      "backwardError": .optional(backwardError),
      "status": .string(status),
      "reason": .optional(failure),
      "explanation": .optional(explanation),
    ]
  }
}
