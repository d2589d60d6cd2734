/// A way to minimise objectives.
///
/// An optimizer is a small value without a scalar type, to be stored and compared; `makeStepper` makes the
/// object that owns the state of one run. The run loop, stopping, observing and counting are not its
/// business: `minimize` does them for all optimizers.
///
/// - Implementor must: validate its options in `validate`, before any work starts.
public protocol Optimizer: Codable, Hashable, Sendable {
  /// The name used in reports, such as "Gauss-Newton".
  var name: String { get }

  /// What it is made of, in a few words, such as "sketched CG with sparse-sign sketch".
  var details: String { get }

  /// Whether it keeps parameters within the bounds of an objective that has any; where not, the default, runs on
  /// such objectives are refused.
  var supportsBounds: Bool { get }

  /// Whether all products of vectors that ranks may hold in parts go through `CountedObjective`; where not, the default,
  /// runs on such objectives are refused.
  var supportsSharding: Bool { get }

  /// When a run ends where nothing else is said; at a relative loss of 1e-10, or after 100 iterations by default.
  var defaultStopping: [StoppingCriterion] { get }

  /// What is set of that which a run has a say in, in words; nothing by default.
  var settings: [RunSetting.Name: String] { get }

  /// Throws where an option is outside its domain; called before any work starts.
  func validate() throws

  /// Makes the state of a run that starts at `parameters`; `key` is the source of all its randomness.
  ///
  /// - Caller must: pass `objective.parameterCount` finite parameters.
  /// - Throws: What evaluating the objective throws.
  func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar>
}

extension Optimizer {
  /// Nothing to add to the name.
  public var details: String { "" }

  /// Not.
  public var supportsBounds: Bool { false }

  /// Not.
  public var supportsSharding: Bool { false }

  /// A relative loss of 1e-10, or 100 iterations.
  public var defaultStopping: [StoppingCriterion] { [.relativeLoss(1e-10), .iterations(100)] }

  /// Nothing.
  public var settings: [RunSetting.Name: String] { [:] }
}

/// The state of one run: parameters, and whatever else the optimizer carries from step to step.
///
/// - Caller must: use a stepper from one thread at a time, and not step on after an error.
/// - Implementor must: leave `parameters` and `loss` at the last good point where a step throws.
public protocol Stepper<Scalar>: AnyObject {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// θ.
  var parameters: [Scalar] { get }

  /// F(θ).
  var loss: Scalar { get }

  /// ‖∇F(θ)‖; computed when asked for, then kept.
  func gradientNorm() throws -> Scalar

  /// ∇F(θ), computed when asked for, then kept; nil, the default, where there is none to give.
  func gradient() throws -> [Scalar]?

  /// The linearization at θ that the stepper holds; nil by default.
  var currentLinearization: Linearization<Scalar>? { get }

  /// All that the next steps depend on; the parameters alone by default.
  ///
  /// - Implementor must: return in O(1), sharing arrays instead of copying them; a run with checkpoints asks after
  ///   every step.
  func saveState() -> StepperState<Scalar>

  /// Goes on from a state that a stepper of the same optimizer has saved, to the same bits as a run that was not
  /// interrupted; nothing to do by default, where parameters are all of the state.
  ///
  /// - Caller must: have made the stepper at the parameters of the state, and not have stepped.
  /// - Implementor must: provide it together with `saveState`.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` where the state is that of another optimizer; what making a
  ///   preconditioner again throws.
  func restore(_ state: StepperState<Scalar>) throws

  /// Moves to the next point.
  ///
  /// - Throws: ``OptimKitError`` where no step can be made, of kind `roundingLimit` where that is since none is needed;
  ///   and what the model throws.
  func step() throws -> StepReport
}

extension Stepper {
  /// No gradient.
  public func gradient() throws -> [Scalar]? { nil }

  /// No linearization.
  public var currentLinearization: Linearization<Scalar>? { nil }

  /// The parameters alone.
  public func saveState() -> StepperState<Scalar> { StepperState(parameters: parameters) }

  /// Nothing: the parameters are there.
  public func restore(_ state: StepperState<Scalar>) throws {}
}

/// What one step did.
public struct StepReport: Hashable, Sendable, Codable {
  /// The step length α that was taken along the direction; 1 is a full step.
  public var stepLength: Double
  /// ‖θ' − θ‖.
  public var stepNorm: Double
  /// What the linear solver prepared, where there is one.
  public var preparation: PreparationReport?
  /// The report of the linear solve, where there was one.
  public var solve: SolveReport?
  /// Seconds of preparation and solve.
  public var solverSeconds: Double?
  /// The relative residual that the linear solve was allowed to leave.
  public var innerTolerance: Double?

  /// Creates a report.
  public init(
    stepLength: Double, stepNorm: Double, preparation: PreparationReport? = nil,
    solve: SolveReport? = nil, solverSeconds: Double? = nil, innerTolerance: Double? = nil
  ) {
    self.stepLength = stepLength
    self.stepNorm = stepNorm
    self.preparation = preparation
    self.solve = solve
    self.solverSeconds = solverSeconds
    self.innerTolerance = innerTolerance
  }
}
