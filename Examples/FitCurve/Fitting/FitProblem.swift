import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels

/// Data, a function, and where to start.
struct FitProblem: Sendable {
  let name: String
  /// What tells the fits of one problem apart: the number of a certified start.
  var start: Int?
  let curve: Curve
  let y: [Double]
  /// Of each y; nil where they are all alike.
  var standardDeviations: [Double]?
  let parameterNames: [String]
  let initial: [Double]
  /// Of the problems of NIST.
  var certified: NISTProblem?
  /// How residuals are judged; nil by their squares.
  var robustLoss: (any RobustLoss)?

  /// One of NIST's problems from start `start`, 0 or 1.
  init(_ problem: NISTProblem, start: Int) throws {
    name = problem.name
    self.start = start
    curve = try problem.curve()
    y = problem.y
    parameterNames = problem.certified.indices.map { "b\($0 + 1)" }
    initial = problem.starts[start]
    certified = problem
  }

  /// Data from a file.
  init(csv path: String, _ formula: Formula, _ options: Options) throws {
    let url = URL(filePath: path)
    let table = try CSVTable(contentsOf: url)
    guard (2...3).contains(table.columnCount) else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(path) has \(table.columnCount) columns",
        remedy: "give x and y, and standard deviations of y where they are known")
    }
    func column(_ number: Int) -> [Double] {
      (0..<table.rowCount).map { table.values[$0 * table.columnCount + number] }
    }
    let (x, y) = (column(0), column(1))
    if table.columnCount == 3 {
      let deviations = column(2)
      if let row = deviations.firstIndex(where: { !($0 > 0) }) {
        throw OptimKitError(
          .invalidArgument, cause: "standard deviation \(row) in \(path) is \(deviations[row])",
          remedy: "give positive numbers, or leave the column out")
      }
      standardDeviations = deviations
    }
    guard y.count > formula.parameters.count else {
      throw OptimKitError(
        .invalidArgument,
        cause:
          "\(y.count) points for the \(formula.parameters.count) parameters of \(formula.text)",
        remedy: "give more points than parameters")
    }
    name = url.lastPathComponent
    curve = Curve(x: x, parameterCount: formula.parameters.count, function: formula.function)
    self.y = y
    parameterNames = formula.parameters
    initial = options.guess ?? formula.guess(x, y)
    robustLoss = try options.loss.makeRobustLoss(
      scale: options.scale, curvature: options.curvature)
  }

  /// One weight a point; nil where all are 1.
  var weights: [Double]? { standardDeviations?.map { 1 / ($0 * $0) } }

  /// The problems that the command line asks for.
  static func all(_ options: Options) throws -> [FitProblem] {
    if let path = options.csv, let formula = options.formula {
      return [try FitProblem(csv: path, formula, options)]
    }
    let problems = try NISTProblem.all()
    var chosen = problems
    if let name = options.problem {
      chosen = problems.filter { $0.name.lowercased() == name.lowercased() }
      guard !chosen.isEmpty else {
        throw OptimKitError(
          .invalidArgument, cause: "NIST has no problem \(name) here",
          remedy: "choose one of \(problems.map(\.name).joined(separator: ", "))")
      }
    }
    let starts = options.start ?? .all
    return try chosen.flatMap { problem in
      try starts.indices.map { try FitProblem(problem, start: $0) }
    }
  }
}
