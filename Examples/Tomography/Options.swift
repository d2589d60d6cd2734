import ExampleSupport
import OptimKit

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  package var views = 1000
  package var detectors = 1000
  package var side = 45
  package var noise = 0.005
  package var outliers = 0.01
  package var seed = 0

  package var loss = ResidualLossChoice.softL1
  package var scale = 0.01
  package var curvature = CurvatureChoice.secondOrder
  package var isNonnegative = false
  package var maxIterations = 30
  package var tolerance = 1e-6
  package var threads: Int?

  package var json = false
  package var plot: String?

  /// The options of a command without any.
  package init() {}

  /// Refuses more rays than can be counted, and more outliers than rays.
  package func validate() throws {
    guard outliers <= 0.5 else {
      throw OptimKitError(
        .invalidArgument, cause: "--outliers is \(outliers)",
        remedy: "give a part of at most one half")
    }
    let rays = Double(views) * Double(detectors)
    guard rays <= Double(Int32.max) else {
      throw OptimKitError(
        .invalidArgument, cause: "--views and --detectors make \(rays.significant(3)) rays",
        remedy: "give less than \(Int32.max)")
    }
    // Outputs, targets, weights, the derivatives of the loss, and what products need.
    try MemoryBudget.require(
      bytes: 100 * rays, for: "a scan of \(rays.significant(3)) rays", remedy: "give fewer rays")
  }
}

extension Options {
  /// The command line of `tomography`.
  package static let syntax = CommandLineSyntax(
    command: "tomography",
    summary: """
      Reconstructs an image from a synthetic scan, by nonlinear least squares without matrices: rays cross the image \
      in all directions, each leaves exp(−∫) of its light, with noise, and some readings are wrong. Products with the \
      Jacobian are traced ray by ray; a Steihaug trust region needs no more.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Scan",
        [
          .option("views", \.views, .integer(in: 1...), "directions of parallel rays"),
          .option("detectors", \.detectors, .integer(in: 1...), "rays of each direction"),
          .option("side", \.side, .integer(in: 2...2000), "pixels along each side of the image"),
          .option(
            "noise", \.noise, .nonNegativeNumber,
            "standard deviation of readings, which are up to 1"),
          .option(
            "outliers", \.outliers, .nonNegativeNumber, "part of the readings that are random"),
          .option("seed", \.seed, .integer(in: 0...), "source of all randomness"),
        ]),
      .init(
        "Reconstruction",
        [
          .option("loss", \.loss, .choice, "how residuals are judged"),
          .option(
            "curvature", \.curvature, .choice,
            "what stands for the second derivative of a robust loss"),
          .option(
            "scale", \.scale, .positiveNumber, "residuals beyond it are outliers to a robust loss"),
          .flag("nonnegative", \.isNonnegative, "keep pixels from falling below 0"),
          .option("max-iterations", \.maxIterations, .integer(in: 1...), "most steps to take"),
          .option(
            "tolerance", \.tolerance, .positiveNumber,
            "ends once the gradient is this part of that at the start"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use",
            absent: "one a processor"),
        ]),
      .init(
        "Output",
        [
          .flag("json", \.json, "print one JSON object and nothing else"),
          .option(
            "plot", \.plot, .path("FILE.svg"), "draw the image, its reconstruction and the error"),
        ]),
    ],
    footer: "Exit status: 0 done, 2 bad input, 130 interrupted.")
}
