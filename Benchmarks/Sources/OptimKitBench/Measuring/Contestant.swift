/// A method of a library that takes part in a race.
struct Contestant: Sendable {
  /// Where the method comes from.
  enum Library: String, Sendable {
    case optimKit, numpy, scipy, torch, jax, sklearn

    /// The name in reports where the library itself cannot be asked.
    var title: String {
      switch self {
      case .optimKit: "OptimKit"
      case .numpy: "NumPy"
      case .scipy: "SciPy"
      case .torch: "PyTorch"
      case .jax: "JAX"
      case .sklearn: "scikit-learn"
      }
    }
  }

  var library: Library
  /// The name in tables.
  var label: String
  /// What to run: a method of the worker or of the peer.
  var method: String
  var options = TaskOptions()

  /// A training by OptimKit.
  static func training(
    _ solver: SolverChoice, sketch: SketchChoice? = nil, scalar: String = "double"
  ) -> Self {
    Self(
      library: .optimKit,
      label: label(solver, sketch) + (scalar == "float" ? ", single precision" : ""),
      method: "train",
      options: TaskOptions(solver: solver.rawValue, sketch: sketch?.rawValue, scalar: scalar))
  }

  /// A regression by OptimKit.
  static func regression(
    _ solver: SolverChoice, sketch: SketchChoice? = nil, tolerance: Double
  ) -> Self {
    Self(
      library: .optimKit, label: label(solver, sketch), method: "regression",
      options: TaskOptions(
        solver: solver.rawValue, sketch: sketch?.rawValue, tolerance: tolerance))
  }

  /// The same training, ended after a number of steps.
  func limited(toSteps count: Int) -> Self {
    var limited = self
    limited.options.maximumIterations = count
    return limited
  }

  private static func label(_ solver: SolverChoice, _ sketch: SketchChoice?) -> String {
    "OptimKit \(solver.rawValue)" + (sketch.map { " (\($0.rawValue))" } ?? "")
  }
}
