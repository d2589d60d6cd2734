import OptimKit
import OptimKitTesting
import Synchronization

/// Gradient descent with a fixed rate, and a defect of choice.
struct FaultyOptimizer: Optimizer {
  enum Defect: String, Codable, CaseIterable {
    case none, invalid, forgetsRate, startsElsewhere, wrongLoss, wrongGradientNorm, computesAgain
    case wrongStepNorm, climbs, ignoresKey, dependsOnThreads, hidesErrors, wrapsErrors
    case movesBeforeEvaluating, countsIterations, forgetsState
  }

  var name: String { "gradient descent" }
  var rate = 0.6
  var defect = Defect.none

  init(_ defect: Defect = .none, rate: Double = 0.6) {
    self.defect = defect
    self.rate = rate
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    defect = try container.decode(Defect.self, forKey: .defect)
    rate = try defect == .forgetsRate ? 0.1 : container.decode(Double.self, forKey: .rate)
  }

  func validate() throws {
    guard defect != .invalid else {
      throw OptimKitError(.invalidArgument, cause: "a defect", remedy: "have none")
    }
  }

  func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try FaultyStepper(objective, parameters, self)
  }
}

private final class FaultyStepper<Scalar: RealScalar>: Stepper {
  let objective: CountedObjective<Scalar>
  let options: FaultyOptimizer
  private(set) var parameters: [Scalar]
  private var linearization: Linearization<Scalar>
  private var cachedNorm: Scalar?
  private var stepCount = 0

  init(
    _ objective: CountedObjective<Scalar>, _ parameters: [Scalar], _ options: FaultyOptimizer
  ) throws {
    self.objective = objective
    self.options = options
    self.parameters = options.defect == .startsElsewhere ? parameters.map { $0 + 1 } : parameters
    linearization = try objective.linearize(at: self.parameters.span)
  }

  var loss: Scalar { linearization.value * (options.defect == .wrongLoss ? 1.01 : 1) }

  func gradientNorm() throws -> Scalar {
    if let cachedNorm, options.defect != .computesAgain { return cachedNorm }
    let result = norm(try gradient()) * (options.defect == .wrongGradientNorm ? 1.01 : 1)
    cachedNorm = result
    return result
  }

  func step() throws -> StepReport {
    var rate = Scalar(options.rate)
    switch options.defect {
    case .climbs: rate *= -1
    case .ignoresKey: rate *= 1 + Scalar(runCount.wrappingAdd(1, ordering: .relaxed).newValue) / 1e4
    case .dependsOnThreads: rate *= 1 + Scalar(ThreadPool.threadCount) / 1000
    case .forgetsState: rate *= 1 + Scalar(stepCount) / 1000
    default: break
    }
    stepCount += 1
    let direction = try gradient()
    let next = combination(-rate, direction, 1, parameters)
    if options.defect == .movesBeforeEvaluating { parameters = next }
    do {
      linearization = try objective.linearize(at: next.span)
    } catch  where options.defect == .hidesErrors {
      return StepReport(stepLength: 0, stepNorm: 0)
    } catch  where options.defect == .wrapsErrors {
      throw OptimKitError(.invalidArgument, cause: "something failed: \(error)", remedy: "retry")
    }
    parameters = next
    cachedNorm = nil
    if options.defect == .countsIterations { objective.ledger.addInnerIterations(1) }
    let moved = Double(abs(rate) * norm(direction))
    return StepReport(
      stepLength: Double(rate), stepNorm: options.defect == .wrongStepNorm ? 2 * moved : moved)
  }

  private func gradient() throws -> [Scalar] {
    let parameters = parameters
    return try filled(parameters.count) {
      try objective.gradient(at: parameters.span, linearization, into: &$0)
    }
  }
}

/// What makes runs differ that should not.
private let runCount = Atomic(0)
