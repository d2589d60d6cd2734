import ExampleSupport
import OptimKit

extension ProblemFacts {
  /// What stands above the first iteration.
  var header: String {
    let test = testSamples > 0 ? ", \(testSamples) test samples" : ""
    let ridge = options.ridge > 0 ? ", ridge \(options.ridge.significant())" : ""
    let type = options.scalar == .double ? Double.typeName : Float.typeName
    return """
      data         \(data): \(samples) training samples\(test), \(features) features
                   \(remark)
      network      \(width) neurons, \(outputs) output\(outputs == 1 ? "" : "s"), \
      \(width * features) weights to train, \(type)\(ridge), seed \(options.seed)
      environment  \(ComputeEnvironment.current)
      goal         relative loss \(options.tolerance.significant()) within \(options.maxIterations) iterations; the paper \
      promises a ratio of at most 1/2 where the network is wide enough

      """
  }
}
