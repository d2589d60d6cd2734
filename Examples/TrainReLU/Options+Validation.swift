import ExampleSupport
import OptimKit

extension Options {
  /// Refuses options that contradict each other, as far as that shows before data are read.
  package func validate() throws {
    try validateData()
    if let solver, compare {
      throw Self.contradiction(
        "--compare runs every solver, --solver \(solver.rawValue) asks for one",
        remedy: "leave one of them out")
    }
    if let sketch, !compare, !chosenSolver.takesSketch {
      throw Self.contradiction(
        "--solver \(chosenSolver.rawValue) draws no sketch, but --sketch is \(sketch.rawValue)",
        remedy: "leave --sketch out, or take --solver sketched")
    }
    if explain, compare || chosenSolver != .automatic {
      throw Self.contradiction(
        "--explain tells how --solver automatic chose, and "
          + (compare ? "--compare runs every solver" : "--solver is \(chosenSolver.rawValue)"),
        remedy: "leave one of them out")
    }
    if compare, let (name, path) = singleRunFiles.first {
      throw Self.contradiction(
        "--compare trains several networks, --\(name) \(path) is for one",
        remedy: "leave one of them out")
    }
    if resume, checkpoint == nil {
      throw Self.contradiction(
        "--resume does not say from what", remedy: "give --checkpoint FILE too")
    }
    try ProgressChoice.requireNone(progress, besideJSON: json)
    if compare, save != nil {
      throw Self.contradiction(
        "--compare trains several networks, --save writes one",
        remedy: "leave one of them out")
    }
  }

  /// Files that are written of one run.
  private var singleRunFiles: [(name: String, path: String)] {
    [
      ("checkpoint", checkpoint), ("log", log), ("csv", csv), ("plot", plot), ("report", report),
    ].compactMap { name, path in path.map { (name, $0) } }
  }

  private func validateData() throws {
    if features != nil || targets != nil {
      if let data {
        throw Self.contradiction(
          "--data \(data.rawValue) and --\(features == nil ? "targets" : "features") both bring data",
          remedy: "leave one of them out")
      }
      guard features != nil, targets != nil else {
        let (given, missing) = features == nil ? ("targets", "features") : ("features", "targets")
        throw Self.contradiction(
          "--\(given) is given without --\(missing)", remedy: "give both files, or neither")
      }
    } else if let source, source != .synthetic {
      try Self.require("dimension", dimension, equals: 64, "digits have 64 pixels")
      let count = source == .digits ? 1 : 10
      try Self.require("outputs", outputs, equals: count, "\(source.rawValue) has \(count)")
    }
  }

  /// Refuses an option that says something else than the rest determines.
  static func require(
    _ name: String, _ given: Int?, equals actual: Int, _ reason: String
  ) throws {
    guard let given, given != actual else { return }
    throw contradiction(
      "--\(name) is \(given), but \(reason)", remedy: "leave --\(name) out")
  }

  static func contradiction(_ cause: String, remedy: String) -> OptimKitError {
    OptimKitError(.invalidArgument, cause: cause, remedy: remedy)
  }
}
