import ExampleSupport
import OptimKit

extension ProblemFacts {
  /// What holds for every training on the problem.
  var json: [String: JSONValue] {
    let environment = ComputeEnvironment.current
    return [
      "example": "train-relu",
      "data": .string(data),
      "samples": .integer(samples),
      "testSamples": .integer(testSamples),
      "dimension": .integer(features),
      "width": .integer(width),
      "outputs": .integer(outputs),
      "seed": .integer(options.seed),
      "ridge": .number(options.ridge),
      "damping": .number(options.chosenDamping),
      "tolerance": .number(options.tolerance),
      "maxIterations": .integer(options.maxIterations),
      "scalar": .string(options.scalar.rawValue),
      "kernel": .string(environment.kernel),
      "threads": .integer(environment.threads),
      "environment": environment.json,
    ]
  }
}
