import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels

/// One of the 53 runs by which MINPACK was tested: a problem from its start, or from ten or a hundred times that.
package struct StandardRun: Sendable {
  let problem: StandardProblem
  let factor: Double

  /// All of them.
  package static let all: [StandardRun] = {
    func runs(_ problem: StandardProblem, _ count: Int) -> [StandardRun] {
      [1, 10, 100].prefix(count).map { StandardRun(problem: problem, factor: $0) }
    }
    var all: [StandardRun] = []
    all += [10, 50].flatMap { runs(.linear(5, $0), 1) }
    all += [10, 50].flatMap { runs(.linearOfRankOne(5, $0), 1) }
    all += [10, 50].flatMap { runs(.linearWithZeros(5, $0), 1) }
    all += runs(.rosenbrock, 3) + runs(.helicalValley, 3) + runs(.powellSingular, 3)
    all += runs(.freudensteinRoth, 3) + runs(.bard, 3) + runs(.kowalikOsborne, 3)
    all += runs(.meyer, 2)
    all += runs(.watson(6, minimum: 2.287670e-3), 3) + runs(.watson(9, minimum: 1.399760e-6), 3)
    all += runs(.watson(12, minimum: 4.722381e-10), 3)
    all += runs(.box, 1) + runs(.jennrichSampson, 1) + runs(.brownDennis, 3)
    all += runs(.chebyquad(1, 8, minimum: 3.557894), 3)
    all += runs(.chebyquad(8, 8, minimum: 3.516874e-3), 1) + runs(.chebyquad(9, 9, minimum: 0), 1)
    all += runs(.chebyquad(10, 10, minimum: 4.772713e-3, others: [6.503955e-3]), 1)
    all += runs(.brownAlmostLinear(10), 3) + runs(.brownAlmostLinear(30), 1)
    all += runs(.brownAlmostLinear(40), 1) + runs(.osborne1, 1) + runs(.osborne2, 1)
    return all
  }()
}

/// What became of a run.
package struct StandardResult: Sendable {
  /// Where a run ended.
  package enum Outcome: String, Sendable {
    /// At the global minimum.
    case global
    /// At another minimum that is listed, or lower.
    case local
    /// At none of them.
    case elsewhere
  }

  let run: StandardRun
  /// ‖f‖² at the end.
  package let square: Double
  package let reason: StopReason
  let iterations: Int
  let evaluations: Int

  /// Where the run ended: ‖f‖² to four digits, zeros to 1e-12.
  package var outcome: Outcome {
    let problem = run.problem
    if Self.reaches(square, problem.minimum) { return .global }
    return problem.otherMinima.contains { Self.reaches(square, $0) } ? .local : .elsewhere
  }

  private static func reaches(_ square: Double, _ minimum: Double) -> Bool {
    square <= (minimum > 0 ? (1 + 1e-4) * minimum : 1e-12)
  }
}

extension StandardRun {
  /// Minimises ‖f‖².
  package func solve(_ options: Options) throws -> StandardResult {
    let objective = try LeastSquares(residuals: problem.model)
    let strategy = options.optimizer.strategy
    let result = try minimize(
      objective, from: problem.start(times: factor), using: strategy,
      until: [.iterations(options.iterations)])
    let counts = result.summary.counts
    return StandardResult(
      run: self, square: 2 * result.best.loss, reason: result.reason,
      iterations: result.summary.iterations, evaluations: counts.evaluations + counts.linearizations
    )
  }
}

extension StandardResult: CustomStringConvertible {
  /// The problem, its start, and where the run ended.
  package var description: String {
    "\(run.problem.name), \(run.problem.start.count) parameters, ×\(Int(run.factor)): \(square), \(reason)"
  }
}
