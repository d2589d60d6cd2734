import ExampleSupport
import OptimKit

extension Options {
  /// Refuses options that contradict each other.
  package func validate() throws {
    let sources = [
      problem != nil ? "--problem" : nil, all ? "--all" : nil, mgh ? "--mgh" : nil,
      csv != nil ? "--csv" : nil,
    ].compactMap { $0 }
    guard sources.count <= 1 else {
      throw OptimKitError(
        .invalidArgument, cause: "\(sources.joined(separator: " and ")) were given",
        remedy: "choose one of them")
    }
    guard (csv == nil) == (formula == nil) else {
      throw OptimKitError(
        .invalidArgument, cause: "--\(csv == nil ? "formula" : "csv") was given alone",
        remedy: "give --csv and --formula together")
    }
    if csv == nil, guess != nil || loss != .squared {
      throw OptimKitError(
        .invalidArgument, cause: "--\(guess != nil ? "guess" : "loss") was given without --csv",
        remedy: "leave it out, or pass data of your own")
    }
    let defaults = Options()
    if loss == .squared, scale != defaults.scale || curvature != defaults.curvature {
      throw OptimKitError(
        .invalidArgument,
        cause:
          "--\(scale != defaults.scale ? "scale" : "curvature") was given without a robust loss",
        remedy: "leave it out, or choose a --loss such as huber")
    }
    if csv != nil || mgh, start != nil {
      throw OptimKitError(
        .invalidArgument, cause: "--start was given for problems without certified starts",
        remedy: "leave it out")
    }
    if let formula, let guess, guess.count != formula.parameters.count {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "--guess has \(guess.count) numbers for \(formula.text)",
        remedy: "give one for each of \(formula.parameters.joined(separator: ", "))")
    }
    if plot != nil, csv == nil, problem == nil {
      throw OptimKitError(
        .invalidArgument, cause: "--plot draws one fit",
        remedy: "choose a --problem, or pass data by --csv")
    }
  }
}

extension ValueFormat where Value == [Double] {
  /// Finite numbers, separated by commas.
  package static var numbers: Self {
    Self(
      placeholder: "number,…", requirement: "finite numbers, separated by commas",
      parse: { text in
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
        return numbers.count == parts.count ? numbers : nil
      },
      describe: { $0.map { $0.significant() }.joined(separator: ",") })
  }
}
