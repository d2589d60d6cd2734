import ExampleSupport

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  /// Data that the example brings.
  package enum Source: String, CaseIterable, Sendable {
    /// Handwritten digits, even or odd.
    case digits
    /// Handwritten digits, one output a digit.
    case digits10
    /// Gaussian rows with random targets.
    case synthetic
  }

  package var data: Source?
  package var features: String?
  package var targets: String?
  package var samples: Int?
  package var dimension: Int?

  package var width: Int?
  package var outputs: Int?
  package var initial: String?
  package var signs: String?

  package var solver: SolverChoice?
  package var sketch: SketchChoice?
  package var ridge = 0.0
  package var damping: Double?
  package var scalar = ScalarPrecision.double
  package var tolerance = 1e-10
  package var maxIterations = 100
  package var seed = 0
  package var threads: Int?

  package var compare = false
  package var checkpoint: String?
  package var resume = false
  package var every = 10
  package var timeLimit: Double?

  package var explain = false
  package var json = false
  package var progress: ProgressChoice?
  package var log: String?
  package var csv: String?
  package var report: String?
  package var plot: String?
  package var save: String?

  /// The options of a command without any.
  package init() {}
}
