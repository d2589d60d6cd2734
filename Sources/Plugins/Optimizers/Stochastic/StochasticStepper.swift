import OptimKit

/// The state of a run that moves batch by batch: epochs, shuffling and the loss on all samples, for all rules.
final class StochasticStepper<Scalar: RealScalar>: PointStepper {
  /// What a run carries from step to step, beside θ and the vectors of the rule.
  private struct State: Codable, Sendable {
    var batchNumber: Int
    var vectorCount: Int
  }

  private let objective: CountedObjective<Scalar>
  private let rule: any BatchRule<Scalar>
  private var plan: BatchPlan
  private let batchesPerStep: Int
  private(set) var point: EvaluatedPoint<Scalar>
  private var next: EvaluatedPoint<Scalar>
  private let scratch: AlignedBuffer<Scalar>
  private var batchNumber = 0

  /// - Throws: `missingCapability` where batches are asked for that the objective does not have; `invalidArgument`
  ///   where nobody can count the batches of a step.
  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], rule: any BatchRule<Scalar>,
    batchSize: Int?, unit: StepUnit = .epochs, epochsPerStep: Int = 1, key: RandomKey
  ) throws {
    if batchSize != nil { try objective.requireBatches() }
    self.objective = objective
    self.rule = rule
    plan = BatchPlan(sampleCount: objective.sampleCount, batchSize: batchSize, key: key)
    let (batches, overflows) = epochsPerStep.multipliedReportingOverflow(by: plan.batchesPerEpoch)
    guard !overflows else {
      throw OptimKitError(
        .invalidArgument, cause: "a step is \(epochsPerStep) epochs long",
        remedy: "choose a number such as 1 or 2")
    }
    batchesPerStep = unit == .epochs ? batches : 1
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    scratch = AlignedBuffer(count: parameters.count)
    try evaluate(point)
  }

  func saveState() -> StepperState<Scalar> {
    let vectors = rule.vectors.map(\.array)
    return StepperState(
      parameters: parameters, vectors: vectors,
      values: StoredValue(State(batchNumber: batchNumber, vectorCount: vectors.count)))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    let vectors = rule.vectors
    let state = try saved.decodedValues(State.self) { _ in vectors.count }
    batchNumber = state.batchNumber
    for (vector, values) in zip(vectors, saved.vectors) { vector.copy(AlignedBuffer(values)) }
  }

  func step() throws -> StepReport {
    try rule.begin(at: point, sampleCount: objective.sampleCount)
    next.parameters.copy(point.parameters)
    next.forget()
    var report = StepReport(stepLength: 0, stepNorm: 0)
    for number in batchNumber..<batchNumber + batchesPerStep {
      try rule.move(next.parameters, on: batch(number), &report)
    }
    batchNumber += batchesPerStep
    try evaluate(next)
    guard next.loss.isFinite else {
      throw OptimKitError(
        .nonFiniteValue,
        cause: "the steps of \(batchesPerStep) batches lead to a loss of \(next.loss)",
        remedy: "choose a smaller step")
    }
    report.stepNorm = Double(
      try next.parameters.distance(to: point.parameters, in: objective, scratch: scratch))
    swap(&point, &next)
    return report
  }

  /// F at the end of a step; with it the Jacobian where the next step begins with that.
  private func evaluate(_ point: EvaluatedPoint<Scalar>) throws {
    if rule.needsFullGradient || plan.batchesPerEpoch == 1 {
      try point.linearize()
    } else {
      try point.evaluate()
    }
  }

  private func batch(_ number: Int) throws -> Batch<Scalar> {
    // A batch of all samples is the objective itself, whose linearization is there already where a step begins.
    let isWhole = plan.batchesPerEpoch == 1
    let estimate = try isWhole ? objective : objective.batch(of: plan.samples(ofBatch: number))
    let memory = next.parameters.memory
    let linearization =
      try isWhole && number == batchNumber
      ? point.linearize() : estimate.linearize(at: memory.span)
    return Batch(
      objective: estimate, linearization: linearization, number: number,
      epochs: Double(number) / Double(plan.batchesPerEpoch), sampleCount: objective.sampleCount)
  }
}
