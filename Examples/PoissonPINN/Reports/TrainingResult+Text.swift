import ExampleSupport
import OptimKit

extension TrainingResult {
  /// One line.
  var brief: String {
    "\(optimizer.rawValue): relative L2 error \(relativeError.significant(3)) after "
      + "\(seconds.significant(3)) s, \(iterations) iterations"
  }
}

extension PoissonProblem {
  /// What is solved.
  var header: String {
    let network = model.network
    let widths = [network.inputCount] + network.hiddenWidths + [network.outputCount]
    return """
      problem      −Δu = f in \(dimension) dimensions, \(dimension == 2 ? "u = sin πx sin πy" : "u = Σ cos πxᵢ")
      points       \(model.conditions.map { "\($0.points.rowCount)" }.joined(separator: " inside, ")) on the boundary
      network      \(widths.map(String.init).joined(separator: "-")), tanh, \(model.parameterCount) parameters
      environment  \(ComputeEnvironment.current)

      """
  }

  /// One row an optimizer.
  func table(_ results: [TrainingResult]) -> String {
    let goals = [1e-2, 1e-4, 1e-6, 1e-8]
    var table = TextTable(
      ["optimizer", "L2 error", "loss", "iterations", "seconds"]
        + goals.map { "to \($0.significant(1))" })
    for result in results {
      table.append(
        [
          result.optimizer.rawValue, result.relativeError.significant(3),
          result.loss.significant(3), "\(result.iterations)", result.seconds.significant(3),
        ] + goals.map { result.seconds(to: $0)?.significant(3) ?? "–" })
    }
    return """

      \(table.text)

      L2 errors are relative, at \(testPoints.rowCount) points that training does not see; \
      "to" is seconds until they are below.
      """
  }
}
