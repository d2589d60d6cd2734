import ExampleSupport
import OptimKit

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  package var dimension = 2
  package var width = 64
  package var depth = 1
  package var seed = 0

  package var optimizer = OptimizerChoice.all
  package var rank: Int?
  package var steepness = 2.0
  package var boundaryWeight = 10.0
  package var seconds: Double?
  package var iterations: Int?
  package var threads: Int?

  package var json = false
  package var progress = ProgressChoice.none
  package var plot: String?

  /// The options of a command without any.
  package init() {}

  /// For each optimizer where the command line does not say.
  var defaultSeconds: Double { dimension != 2 ? 60 : optimizer == .all ? 10 : 20 }

  /// Refuses options that contradict each other.
  package func validate() throws {
    try ProgressChoice.requireNone(progress, besideJSON: json)
    if plot != nil, dimension != 2 {
      throw OptimKitError(
        .invalidArgument, cause: "--plot draws functions on a square, --dimension is \(dimension)",
        remedy: "leave one of them out")
    }
  }
}

extension Options {
  /// The command line of `poisson-pinn`.
  package static let syntax = CommandLineSyntax(
    command: "poisson-pinn",
    summary: """
      Solves −Δu = f on the unit cube, u given on its faces, with a tanh network that is trained to satisfy the \
      equation at points. In two dimensions u = sin πx sin πy, on a grid of 30 × 30 points inside and at 120 on the \
      boundary; in others u = Σ cos πxᵢ, at 3000 and 500 random points.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Problem",
        [
          .option("dimension", \.dimension, .integer(in: 1...64), "coordinates of the cube"),
          .option("width", \.width, .integer(in: 1...4096), "neurons of each hidden layer"),
          .option("depth", \.depth, .integer(in: 1...16), "hidden layers"),
          .option("seed", \.seed, .integer(in: 0...), "source of all randomness"),
        ]),
      .init(
        "Training",
        [
          .option("optimizer", \.optimizer, .choice, "how the network is trained"),
          .option(
            "rank", \.rank, .integer(in: 1...),
            "dimensions of the random subspace in which gauss-newton makes a step",
            absent: "27/100 of the points or 6/10 of the parameters, the fewer; all below 100"),
          .option(
            "steepness", \.steepness, .positiveNumber,
            "standard deviation of the first layer's weights at the start"),
          .option(
            "boundary-weight", \.boundaryWeight, .positiveNumber,
            "weight of the boundary's mean square in the loss, beside that of the equation"),
          .option(
            "seconds", \.seconds, .positiveNumber, "seconds for each optimizer",
            absent: "20, or 10 for each of several; 60 but in two dimensions"),
          .option(
            "max-iterations", \.iterations, .integer(in: 1...), "most steps of each optimizer",
            absent: "100 for gauss-newton, 500 but in two dimensions; any number for others"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use",
            absent: "one a processor"),
        ]),
      .init(
        "Output",
        [
          .flag("json", \.json, "print one JSON object and nothing else"),
          .option("progress", \.progress, .choice, "how each run is shown"),
          .option("plot", \.plot, .path("FILE.svg"), "draw the best solution and its error"),
        ]),
    ],
    footer: "Exit status: 0 done, 2 bad input, 130 interrupted.")
}
