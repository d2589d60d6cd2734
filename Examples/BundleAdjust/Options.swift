import ExampleSupport
import OptimKit

/// What the command line asks for. Optional values are nil where they were not given.
package struct Options: ComputationOptions, Sendable {
  package var file: String?
  package var cameras = 16
  package var points = 1500
  package var noise = 0.5
  package var outliers = 0.02
  package var perturbation = 0.02
  package var seed = 0

  package var loss = ResidualLossChoice.huber
  package var scale = 1.0
  package var curvature = CurvatureChoice.reweighted
  package var preconditioner = PreconditionerChoice.blockJacobi
  package var maxIterations = 50
  package var tolerance = 1e-5
  package var threads: Int?

  package var json = false

  /// The options of a command without any.
  package init() {}

  /// Refuses more outliers than observations can be.
  package func validate() throws {
    guard outliers <= 0.5 else {
      throw OptimKitError(
        .invalidArgument, cause: "--outliers is \(outliers)",
        remedy: "give a part of at most one half")
    }
  }
}

/// What conjugate gradients are preconditioned with.
package enum PreconditionerChoice: String, CaseIterable, Sendable {
  /// One block a camera, and one for each three points.
  case blockJacobi = "block-jacobi"
  case diagonal
  case identity
}

extension Options {
  /// The command line of `bundle-adjust`.
  package static let syntax = CommandLineSyntax(
    command: "bundle-adjust",
    summary: """
      Adjusts cameras and points to where the points are in the cameras' pictures: nonlinear least squares of thousands \
      of parameters, of which each residual has twelve. A Steihaug trust region solves it by products with the Jacobian, \
      preconditioned with a block for each camera and three points; a robust loss keeps wrong matches from bending it.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Scene",
        [
          .option(
            "file", \.file, .path("FILE.txt"),
            "a problem in the text format of Bundle Adjustment in the Large",
            absent: "a synthetic scene"),
          .option("cameras", \.cameras, .integer(in: 2...10_000), "synthetic cameras, on a circle"),
          .option("points", \.points, .integer(in: 10...10_000_000), "synthetic points"),
          .option(
            "noise", \.noise, .nonNegativeNumber, "standard deviation of a coordinate, in pixels"),
          .option(
            "outliers", \.outliers, .nonNegativeNumber,
            "part of the observations that are some hundred pixels off"),
          .option(
            "perturbation", \.perturbation, .nonNegativeNumber,
            "standard deviation of the start around the truth, in radians and parts of the scene"),
          .option("seed", \.seed, .integer(in: 0...), "source of all randomness"),
        ]),
      .init(
        "Adjustment",
        [
          .option("loss", \.loss, .choice, "how residuals are judged"),
          .option(
            "curvature", \.curvature, .choice,
            "what stands for the second derivative of a robust loss"),
          .option(
            "scale", \.scale, .positiveNumber,
            "pixels beyond which an observation is an outlier to a robust loss"),
          .option(
            "preconditioner", \.preconditioner, .choice,
            "what conjugate gradients are preconditioned with"),
          .option("max-iterations", \.maxIterations, .integer(in: 1...), "most steps to take"),
          .option(
            "tolerance", \.tolerance, .positiveNumber,
            "ends once the gradient is this part of that at the start"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use",
            absent: "one a processor"),
        ]),
      .init("Output", [.flag("json", \.json, "print one JSON object and nothing else")]),
    ],
    footer: "Exit status: 0 done, 2 bad input, 130 interrupted.")
}
