import ExampleSupport
import OptimKit

extension TrainingResult {
  /// One object; history is pairs of seconds and relative L2 error.
  var json: JSONValue {
    [
      "optimizer": .string(optimizer.rawValue), "width": .integer(width), "seed": .integer(seed),
      "relativeL2": .number(relativeError), "loss": .number(loss), "seconds": .number(seconds),
      "iterations": .integer(iterations),
      "history": .array(
        history.map { .array([.number($0.seconds), .number($0.relativeError)]) }),
    ]
  }
}

extension PoissonProblem {
  /// One object, with those of the optimizers as `results`.
  func json(_ results: [TrainingResult]) -> JSONValue {
    let environment = ComputeEnvironment.current
    return [
      "example": "poisson-pinn", "dimension": .integer(dimension),
      "depth": .integer(model.network.hiddenWidths.count),
      "parameters": .integer(model.parameterCount),
      "interiorPoints": .integer(model.conditions[0].points.rowCount),
      "boundaryPoints": .integer(model.conditions[1].points.rowCount),
      "kernel": .string(environment.kernel), "threads": .integer(environment.threads),
      "environment": .string(environment.description),
      "results": .array(results.map(\.json)),
    ]
  }
}
