import ExampleSupport
import OptimKit

/// Which of the two certified starts.
package enum StartChoice: String, CaseIterable, Sendable {
  case first = "1"
  case second = "2"
  case all

  /// Their numbers, from 0.
  var indices: [Int] {
    switch self {
    case .first: [0]
    case .second: [1]
    case .all: [0, 1]
    }
  }
}

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  package var problem: String?
  package var start: StartChoice?
  package var all = false
  package var mgh = false

  package var csv: String?
  package var formula: Formula?
  package var guess: [Double]?
  package var loss = ResidualLossChoice.squared
  package var scale = 1.0
  package var curvature = CurvatureChoice.secondOrder

  package var optimizer = OptimizerChoice.levenbergMarquardt
  package var iterations = 5000
  package var threads: Int?

  package var plot: String?
  package var json = false

  /// The options of a command without any.
  package init() {}
}

extension Options {
  /// The command line of `fit-curve`.
  package static let syntax = CommandLineSyntax(
    command: "fit-curve",
    summary: """
      Fits curves by nonlinear least squares, with derivatives by automatic differentiation: the certified problems of \
      NIST (Statistical Reference Datasets), the problems of Moré, Garbow and Hillstrom, or data of your own. Without \
      options: all of NIST's.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Problem",
        [
          .option("problem", \.problem, .path("NAME"), "one of NIST's problems, such as Misra1a"),
          .option("start", \.start, .choice, "from which of its two starts", absent: "all"),
          .flag("all", \.all, "all 20 of NIST's problems"),
          .flag(
            "mgh", \.mgh, "the 18 problems of Moré, Garbow and Hillstrom, in MINPACK's 53 runs"),
        ]),
      .init(
        "Data of your own",
        [
          .option(
            "csv", \.csv, .path("FILE.csv"),
            "columns x and y, and where there is a third one standard deviations of y"),
          .option("formula", \.formula, .choice, "what y is of x"),
          .option(
            "guess", \.guess, .numbers, "parameters to start from", absent: "made from the data"),
          .option(
            "loss", \.loss, .choice,
            "how residuals are judged; those that are not convex after soft-l1"),
          .option(
            "curvature", \.curvature, .choice,
            "what stands in for the second derivative of a robust loss"),
          .option(
            "scale", \.scale, .positiveNumber,
            "residuals beyond it, in standard deviations where there are any, are outliers to a robust loss"
          ),
        ]),
      .init(
        "Fit",
        [
          .option("optimizer", \.optimizer, .choice, "how to minimise"),
          .option("max-iterations", \.iterations, .integer(in: 1...), "most steps to take"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use",
            absent: "one a processor"),
        ]),
      .init(
        "Output",
        [
          .option(
            "plot", \.plot, .path("FILE.svg"), "draw data, curve and bands of one fit"),
          .flag("json", \.json, "print one JSON object and nothing else"),
        ]),
    ],
    footer: "Exit status: 0 converged, 1 a fit did not converge, 2 bad input.")
}
