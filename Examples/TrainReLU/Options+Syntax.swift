import ExampleSupport

extension Options {
  /// The command line of `train-relu`.
  package static let syntax = CommandLineSyntax(
    command: "train-relu",
    summary: """
      Trains a two-layer ReLU network f(x) = 1/√m Σ a_r max(0, w_rᵀx) with Gauss-Newton steps, each \
      solved by conjugate gradients that a randomised sketch preconditions.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Data",
        [
          .option(
            "data", \.data, .choice,
            "handwritten digits by parity, digits with one output each, or random data",
            absent: "digits"),
          .option("features", \.features, .path("X.npy"), "your own data: n × d, one row a sample"),
          .option("targets", \.targets, .path("y.npy"), "its targets: n, or n × k"),
          .option(
            "samples", \.samples, .integer(in: 1...), "samples to make, or to take of the digits",
            absent: "512 synthetic samples, all 1797 digits"),
          .option(
            "dimension", \.dimension, .integer(in: 1...), "features of a synthetic sample",
            absent: "64"),
        ]),
      .init(
        "Network",
        [
          .option(
            "width", \.width, .integer(in: 1...), "neurons m",
            absent: "16384; 4096 for digits10 and files, 8192 for synthetic data"),
          .option("outputs", \.outputs, .integer(in: 1...), "outputs k", absent: "as the targets"),
          .option(
            "initial", \.initial, .path("W.npy"), "weights to start from: m × d",
            absent: "standard normal"),
          .option(
            "signs", \.signs, .path("a.npy"), "output signs, +1 or -1: m, or k × m",
            absent: "random"),
        ]),
      .init(
        "Training",
        [
          .option(
            "solver", \.solver, .choice,
            "how each Gauss-Newton step is solved, or another optimizer, from gradient-descent on: of "
              + "stochastic ones a step is an epoch",
            absent: "automatic"),
          .option(
            "sketch", \.sketch, .choice, "the sketch of a solver that draws one",
            absent: "srht"),
          .option(
            "ridge", \.ridge, .nonNegativeNumber,
            "λ of a term (λ/2)‖W‖² in the loss; training then also ends once the gradient has fallen by "
              + "the root of the tolerance"),
          .option(
            "damping", \.damping, .nonNegativeNumber,
            "μ added to the Gram matrix of each step, for data that make it singular",
            absent: "0; 0.001 with a ridge, which else pulls all of W to 0 in one step"),
          .option("scalar", \.scalar, .choice, "precision of all computation"),
          .option(
            "tolerance", \.tolerance, .positiveNumber,
            "converged at this loss relative to the first"),
          .option("max-iterations", \.maxIterations, .integer(in: 1...), "most steps to take"),
          .option("seed", \.seed, .integer(in: 0...), "source of all randomness"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use",
            absent: "one a processor"),
        ]),
      .init(
        "Running",
        [
          .option(
            "time-limit", \.timeLimit, .positiveNumber, "seconds after which training ends",
            absent: "none"),
          .option(
            "checkpoint", \.checkpoint, .path("FILE"),
            "save the run there, on the way and at its end; FILE.1 is the one before"),
          .option("every", \.every, .integer(in: 1...), "iterations between checkpoints"),
          .flag("resume", \.resume, "go on from the checkpoint, where there is one"),
        ]),
      .init(
        "Output",
        [
          .flag("compare", \.compare, "train with every solver and show them side by side"),
          .flag("explain", \.explain, "tell how --solver automatic chose, and what it took"),
          .flag("json", \.json, "print one JSON object and nothing else"),
          .option(
            "progress", \.progress, .choice, "how the run is shown",
            absent: "lines; none with --json"),
          .option("log", \.log, .path("FILE.jsonl"), "log every iteration as JSON Lines"),
          .option("csv", \.csv, .path("FILE.csv"), "log every iteration as CSV"),
          .option("plot", \.plot, .path("FILE.svg"), "draw the convergence"),
          .option("report", \.report, .path("FILE.html"), "write a report for a browser"),
          .option("save", \.save, .path("W.npy"), "write the trained weights, m × d"),
        ]),
    ],
    footer: "Exit status: 0 converged, 1 not converged, 2 bad input, 130 interrupted.")
}
