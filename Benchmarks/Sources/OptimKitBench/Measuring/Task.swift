/// What a contestant is asked to do; peers read the same names.
struct TaskOptions: Codable, Sendable {
  /// Solver of OptimKit, as `SolverChoice` names it.
  var solver: String?
  /// Sketch of the solver, or the one that is measured.
  var sketch: String?
  /// "double" or "float".
  var scalar = "double"
  /// Relative loss of a training, or relative residual of a regression.
  var tolerance = 1e-10
  /// Steps of a training, or iterations of a regression, at most.
  var maximumIterations = 100
  /// Loss of a convex risk, as `RiskLoss` names it.
  var loss: String?
  /// λ of a convex risk.
  var ridge = 0.0
  /// Whether a Newton run starts with subsampled Hessians where that pays.
  var startsSubsampled = true
  /// Whether a convex risk has an intercept, outside of the ridge.
  var hasIntercept = false
}

/// A line from the conductor to a contestant.
struct Request: Codable {
  var command: String
  var method: String?
  var arrays: [String: String]?
  var options: TaskOptions?
}

/// A line from a contestant to the conductor.
struct Answer: Codable, Sendable {
  enum Status: String, Codable, Sendable {
    case ready, done, failed
  }

  var status: Status
  var reason: String?
  /// Name and version; of `ready`.
  var library: String?
  /// The BLAS kernels in use; of `ready`.
  var kernel: String?
  /// Of `done`, as all that follows: seconds of the run.
  var seconds: Double?
  /// Peak resident size of the process during the run.
  var peakBytes: Int?
  /// Resident size before the run, inputs included.
  var restBytes: Int?
  /// The loss before each step and after the last.
  var losses: [Double]?
  /// Numbers that the case reports.
  var metrics: [String: Double]?
}
