import OptimKit

/// How a stochastic method moves on one batch. Batches, epochs and the loss on all samples are the business of
/// `StochasticStepper`.
protocol BatchRule<Scalar>: AnyObject {
  associatedtype Scalar: RealScalar

  /// The vectors carried from step to step, each as long as θ.
  var vectors: [AlignedBuffer<Scalar>] { get }

  /// Whether a step begins with the gradient of all samples.
  var needsFullGradient: Bool { get }

  /// A step begins at `point`, on `sampleCount` samples in all.
  func begin(at point: EvaluatedPoint<Scalar>, sampleCount: Int) throws

  /// Moves θ on `batch`, and adds to the report.
  func move(
    _ parameters: AlignedBuffer<Scalar>, on batch: Batch<Scalar>, _ report: inout StepReport) throws
}

extension BatchRule {
  var needsFullGradient: Bool { false }
  func begin(at point: EvaluatedPoint<Scalar>, sampleCount: Int) throws {}
}
