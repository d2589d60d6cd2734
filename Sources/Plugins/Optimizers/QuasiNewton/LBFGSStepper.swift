import OptimKit

/// The state of a run of L-BFGS.
final class LBFGSStepper<Scalar: RealScalar>: PointStepper {
  /// What a run carries from step to step, beside θ and the pairs.
  private struct State: Codable, Sendable {
    var pairCount: Int
  }

  private(set) var point: EvaluatedPoint<Scalar>
  private var next: EvaluatedPoint<Scalar>
  private var memory: LBFGSMemory<Scalar>
  private let direction: AlignedBuffer<Scalar>
  private let lineSearch: WolfeLineSearch

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], _ options: LBFGS
  ) throws {
    point = EvaluatedPoint(objective, at: parameters)
    next = EvaluatedPoint(objective, at: parameters)
    memory = LBFGSMemory(capacity: options.memory)
    direction = AlignedBuffer(count: parameters.count)
    lineSearch = options.lineSearch
    try point.linearize()
  }

  func saveState() -> StepperState<Scalar> {
    let vectors = memory.vectors
    return StepperState(
      parameters: parameters, vectors: vectors,
      values: StoredValue(State(pairCount: vectors.count / 2)))
  }

  func restore(_ saved: StepperState<Scalar>) throws {
    _ = try saved.decodedValues(State.self) { 2 * $0.pairCount }
    try memory.restore(saved.vectors, in: point.objective)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func step() throws -> StepReport {
    guard try point.gradientNorm() > 0 else { throw OptimKitError.stationary }
    if !memory.isEmpty {
      if let report = try search() { return report }
      memory.removeAll()
    }
    if let report = try search() { return report }
    let norm = try point.gradientNorm()
    throw OptimKitError.noDescent(
      from: point.loss, expected: try point.cauchyStep() * norm * norm / 2,
      rounding: point.lossRounding)
  }

  /// Moves along −H∇F; nil where no step is found.
  private func search() throws -> StepReport? {
    direction.copy(try point.gradient())
    try memory.applyInverseHessian(to: direction, in: point.objective)
    direction.scale(by: -1)
    let slope = try direction.dot(point.gradient(), in: point.objective)
    guard slope < 0, slope.isFinite else { return nil }
    let firstTrial = memory.isEmpty ? try point.cauchyStep() : 1
    let start = LineSearchPoint(step: 0, value: Double(point.loss), slope: Double(slope))
    let found = try lineSearch.search(
      from: start, firstTrial: Double(firstTrial),
      rounding: Double(point.lossRounding)
    ) { step in
      next.place(at: point, plus: Scalar(step), direction)
      guard try next.linearize().value.isFinite else { return (.infinity, .nan) }
      let slope = try direction.dot(next.gradient(), in: next.objective)
      return (Double(next.loss), Double(slope))
    }
    guard let found else { return nil }
    try memory.append(from: point, to: next)
    swap(&point, &next)
    return StepReport(
      stepLength: found.step, stepNorm: found.step * Double(try direction.norm(in: point.objective))
    )
  }
}
