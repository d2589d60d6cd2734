import ExampleSupport

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  /// Data that the example brings.
  package enum Source: String, CaseIterable, Sendable {
    /// Cell nuclei, benign or not.
    case breastCancer = "breast-cancer"
    /// Handwritten digits, ten classes.
    case digits
    /// Visits to a doctor, counted.
    case rand
  }

  package var data: Source?
  package var features: String?
  package var targets: String?

  package var loss: LossChoice?
  package var ridge: Double?
  package var intercept = false
  package var standardize = false

  package var path = false
  package var folds: Int?

  package var solver: SolverChoice?
  package var scalar = ScalarPrecision.double
  package var tolerance = 1e-8
  package var maxIterations = 100
  package var seed = 0
  package var threads: Int?

  package var standardErrors = false
  package var predict: String?
  package var predictions: String?
  package var compare = false
  package var json = false
  package var progress = ProgressChoice.none
  package var save: String?

  /// The options of a command without any.
  package init() {}

  /// The data that the example brings and that are asked for; none where the user brings files.
  var sources: [Source] { features == nil ? data.map { [$0] } ?? Source.allCases : [] }

  /// The solver to use.
  var chosenSolver: SolverChoice { solver ?? .automatic }
}
