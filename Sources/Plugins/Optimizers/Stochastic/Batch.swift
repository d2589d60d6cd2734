import OptimKit

/// Some samples, or all, at a point.
struct Batch<Scalar: RealScalar> {
  /// Estimates the objective.
  let objective: CountedObjective<Scalar>
  /// Of the estimate, at θ.
  let linearization: Linearization<Scalar>
  /// The number of the batch over all epochs, from 0.
  let number: Int
  /// Epochs before it.
  let epochs: Double
  /// The number of all samples n.
  let sampleCount: Int

  /// result ← the gradient of the estimate, divided by n: the mean over the batch, and the ridge's share.
  func meanGradient(
    at parameters: AlignedBuffer<Scalar>, into result: AlignedBuffer<Scalar>
  ) throws {
    try meanGradient(of: linearization, at: parameters, into: result)
  }

  /// The same of another linearization of the estimate.
  func meanGradient(
    of linearization: Linearization<Scalar>, at parameters: AlignedBuffer<Scalar>,
    into result: AlignedBuffer<Scalar>
  ) throws {
    let (memory, target) = (parameters.memory, result.memory)
    var span = target.mutableSpan
    try objective.gradient(at: memory.span, linearization, into: &span)
    Scalar.scale(&span, by: 1 / Scalar(sampleCount))
  }
}
