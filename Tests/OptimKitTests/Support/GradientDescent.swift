import OptimKit
import OptimKitTesting

/// F = ½ ‖θ‖², not defined beyond `radius`.
struct Parabola: Objective {
  var parameterCount = 1
  var outputCount: Int { parameterCount }
  var ridge: Double { 0 }
  var radius = Double.infinity

  func value(at parameters: Span<Double>) -> Double {
    let value = Double.dot(parameters, parameters) / 2
    return 2 * value <= radius * radius ? value : .nan
  }

  func linearize(at parameters: Span<Double>) throws -> Linearization<Double> {
    throw OptimKitError(.missingCapability, cause: "no Jacobian", remedy: "use the value alone")
  }
}

/// Steps θ ← (1 − rate) θ, the gradient step for `Parabola`: the smallest possible optimizer.
struct GradientDescent: Optimizer {
  var name: String { "gradient descent" }
  var rate = 0.5
  /// The step that fails, counted from 1.
  var failingStep: Int?
  /// Whether failures are errors of the user's own, not of OptimKit.
  var failsWithForeignError = false
  /// What the linear solver of each step has to say.
  var notes: [[String]] = []

  func validate() throws {
    guard rate > 0 else {
      throw OptimKitError(.invalidArgument, cause: "rate \(rate)", remedy: "pass a positive one")
    }
  }

  func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try GradientStepper(objective, parameters, self)
  }

  struct ForeignError: Error {}
}

private final class GradientStepper<Scalar: RealScalar>: Stepper {
  let objective: CountedObjective<Scalar>
  let options: GradientDescent
  private(set) var parameters: [Scalar]
  private(set) var loss: Scalar
  private var stepCount = 0

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], _ options: GradientDescent
  ) throws {
    self.objective = objective
    self.options = options
    self.parameters = parameters
    loss = try objective.value(at: parameters.span)
  }

  func gradientNorm() -> Scalar { norm(parameters) }

  func step() throws -> StepReport {
    stepCount += 1
    if stepCount == options.failingStep {
      if options.failsWithForeignError { throw GradientDescent.ForeignError() }
      throw OptimKitError(.noConvergence, cause: "the valley ends", remedy: "walk elsewhere")
    }
    let stepNorm = options.rate * Double(gradientNorm())
    let moved = parameters.map { $0 * Scalar(1 - options.rate) }
    loss = try objective.value(at: moved.span)
    parameters = moved
    let notes = stepCount <= options.notes.count ? options.notes[stepCount - 1] : []
    let solve = SolveReport(status: .converged, rightHandSideNorm: stepNorm, notes: notes)
    return StepReport(stepLength: options.rate, stepNorm: stepNorm, solve: solve)
  }
}

/// Writes down what it is told.
final class RecordingObserver: Observer {
  var events: [String] = []
  var records: [IterationRecord] = []

  func runDidBegin(_ description: RunDescription, start: IterationRecord) {
    events.append("begin \(description.optimizer)")
    records.append(start)
  }

  func runDidIterate(_ record: IterationRecord) {
    events.append("iterate")
    records.append(record)
  }

  func runDidEnd(_ summary: RunSummary) { events.append("end \(summary.reason.status.rawValue)") }
}
