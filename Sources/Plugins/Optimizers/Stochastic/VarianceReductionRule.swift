import OptimKit

/// How SVRG moves on a batch.
final class VarianceReductionRule<Scalar: RealScalar>: BatchRule {
  private let step: Double
  private let snapshot: AlignedBuffer<Scalar>
  /// ∇F / n at the snapshot.
  private let fullGradient: AlignedBuffer<Scalar>
  private let gradient: AlignedBuffer<Scalar>
  private let snapshotGradient: AlignedBuffer<Scalar>

  init(_ step: Double, _ count: Int) {
    self.step = step
    snapshot = AlignedBuffer(count: count)
    fullGradient = AlignedBuffer(count: count)
    gradient = AlignedBuffer(count: count)
    snapshotGradient = AlignedBuffer(count: count)
  }

  /// None: the snapshot is where each step begins.
  var vectors: [AlignedBuffer<Scalar>] { [] }

  var needsFullGradient: Bool { true }

  func begin(at point: EvaluatedPoint<Scalar>, sampleCount: Int) throws {
    snapshot.copy(point.parameters)
    fullGradient.copy(try point.gradient())
    fullGradient.scale(by: 1 / Scalar(sampleCount))
  }

  func move(
    _ parameters: AlignedBuffer<Scalar>, on batch: Batch<Scalar>, _ report: inout StepReport
  ) throws {
    try batch.meanGradient(at: parameters, into: gradient)
    let memory = snapshot.memory
    let linearization = try batch.objective.linearize(at: memory.span)
    try batch.meanGradient(of: linearization, at: snapshot, into: snapshotGradient)
    gradient.add(-1, snapshotGradient)
    gradient.add(1, fullGradient)
    parameters.add(-Scalar(step), gradient)
    report.stepLength = step
  }
}
