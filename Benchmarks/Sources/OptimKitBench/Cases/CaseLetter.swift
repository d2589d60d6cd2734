/// The cases, each in a file of its own.
enum CaseLetter: String, CaseIterable, Sendable {
  case a, b, c, d, e, f, g, h, i, j, k

  var title: String {
    switch self {
    case .a: "training race"
    case .b: "large regression"
    case .c: "ill-conditioned regression"
    case .d: "scaling"
    case .e: "the paper's regime"
    case .f: "sketches"
    case .g: "the automatic choice"
    case .h: "convex empirical risk"
    case .i: "what running costs"
    case .j: "physics-informed network"
    case .k: "dual numbers"
    }
  }

  /// Runs the case.
  func measure(_ options: Options) throws -> Section {
    switch self {
    case .a: try TrainingRace.measure(options)
    case .b: try LargeRegression.measure(options)
    case .c: try IllConditionedRegression.measure(options)
    case .d: try Scaling.measure(options)
    case .e: try PaperRegime.measure(options)
    case .f: try Sketches.measure(options)
    case .g: try AutomaticGrid.measure(options)
    case .h: try ConvexRisk.measure(options)
    case .i: try Overhead.measure(options)
    case .j: try PhysicsInformed.measure(options)
    case .k: try DualNumbers.measure(options)
    }
  }
}
