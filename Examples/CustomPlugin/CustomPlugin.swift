import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting

/// `custom-plugin`: a model, a sketcher and a linear solver from outside the library, checked with
/// `OptimKitTesting` and used with the library's optimizer.
@main
package enum CustomPlugin {
  /// Runs the command line of the process.
  package static func main() {
    ExampleProgram.run("custom-plugin") { arguments in
      try ExampleProgram.run(syntax, arguments) { _ in try run() }
    }
  }

  /// There is nothing to choose.
  private struct Options: Sendable {}

  private static let syntax = CommandLineSyntax(
    command: "custom-plugin",
    summary: """
      Checks a model, a sketcher and a linear solver from outside the library with OptimKitTesting, and fits an \
      exponential decay with them.
      """,
    defaults: Options(), sections: [],
    footer:
      "Exit status: 0 no findings and both fits converged, 1 otherwise, 2 bad input, 130 interrupted."
  )

  private static func run() throws -> ExitStatus {
    let times = (0..<60).map { 0.1 * Double($0) }
    let model = DecayModel(times: times)
    let truth = [2.5, 1.3, 0.5]

    // The data: the truth and a ripple.
    let targets = zip(times, times.indices).map { time, i in
      truth[0] * exp(-truth[1] * time) + truth[2] + 0.01 * sin(Double(7 * i))
    }
    let objective = try LeastSquares(model, targets: targets)

    // What is still missing in the conformers, in words; nothing here.
    let findings =
      conformanceIssues(of: model, at: truth)
      + conformanceIssues(of: DenseSignSketcher(), rows: 40, columns: 60, scalar: Double.self)
      + conformanceIssues(
        of: SteepestDescentSolver(),
        on: DampedSystem(jacobian: try jacobian(of: model, at: truth), damping: 0.1),
        tolerance: .relative(1e-8))
      + conformanceIssues(
        of: .gaussNewton(solver: SteepestDescentSolver(), stepControl: .backtracking),
        on: objective, from: [1, 1, 0])
      + conformanceIssues(
        of: .gaussNewton(
          solver: .sketchedCG(DenseSignSketcher(), oversampling: 10), stepControl: .backtracking),
        on: objective, from: [1, 1, 0])
    for finding in findings { try StandardOutput.write("finding: \(finding)") }
    try StandardOutput.write("\(findings.count) findings")

    let own = try minimize(
      objective, from: [1, 1, 0],
      using: .gaussNewton(solver: SteepestDescentSolver(), stepControl: .backtracking),
      until: [.gradientNorm(1e-8), .iterations(50)], cancellation: Interruption.token)
    let sketched = try minimize(
      objective, from: [1, 1, 0],
      using: .gaussNewton(
        solver: .sketchedCG(DenseSignSketcher(), oversampling: 10), stepControl: .backtracking),
      until: [.gradientNorm(1e-8), .iterations(50)], cancellation: Interruption.token)
    for result in [own, sketched] {
      try StandardOutput.write("\(result.summary)")
      try StandardOutput.write("  parameters   \(result.parameters)")
    }
    if Interruption.token.isCancelled { return .interrupted }
    return findings.isEmpty && own.isConverged && sketched.isConverged ? .success : .notConverged
  }

  private static func jacobian(of model: DecayModel, at parameters: [Double]) throws
    -> DecayJacobian
  {
    var outputs = Double.zeros(model.outputCount)
    var span = outputs.mutableSpan
    return model.linearize(at: parameters.span, outputs: &span)
  }
}
