import ExampleSupport
import OptimKit

extension Options {
  /// Refuses options that contradict each other, as far as that shows before data are read.
  package func validate() throws {
    try ProgressChoice.requireNone(progress, besideJSON: json)
    if let data, features != nil {
      throw Self.contradiction(
        "--data \(data.rawValue) and --features both bring data", remedy: "leave one of them out")
    }
    if targets != nil, features == nil {
      throw Self.contradiction(
        "--targets is given without --features", remedy: "give both files, or neither")
    }
    if features == nil, let loss {
      throw Self.contradiction(
        "--loss is \(loss.rawValue), but data sets that come with the example have their own",
        remedy: "leave --loss out, or give --features")
    }
    if let solver, compare {
      throw Self.contradiction(
        "--compare runs every solver, --solver \(solver.rawValue) asks for one",
        remedy: "leave one of them out")
    }
    if ridge != nil, folds != nil {
      throw Self.contradiction(
        "--ridge gives the ridge that --folds is to choose", remedy: "leave one of them out")
    }
    if (predict == nil) != (predictions == nil) {
      throw Self.contradiction(
        predict == nil
          ? "--predictions is given without --predict" : "--predict is given without --predictions",
        remedy: "give both files, or neither")
    }
    if predict != nil, compare || sources.count > 1 {
      throw Self.contradiction(
        "--predict takes one fit, but "
          + (compare ? "--compare makes several" : "there are \(sources.count) data sets"),
        remedy: compare ? "leave one of them out" : "choose one with --data")
    }
    if save != nil, compare || sources.count > 1 {
      throw Self.contradiction(
        "--save writes one fit, but "
          + (compare ? "--compare makes several" : "there are \(sources.count) data sets"),
        remedy: compare ? "leave one of them out" : "choose one with --data")
    }
  }

  static func contradiction(_ cause: String, remedy: String) -> OptimKitError {
    OptimKitError(.invalidArgument, cause: cause, remedy: remedy)
  }
}
