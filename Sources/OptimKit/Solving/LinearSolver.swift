/// A way to solve the damped least-squares problems of Gauss-Newton steps.
///
/// A solver is a small value without a scalar type, to be stored and compared; `makeWorkspace` makes the
/// object that owns the buffers.
///
/// - Implementor must: document cost and storage.
/// - Implementor may: need capabilities of the Jacobian (``RowAccessible``, …), reached through the system,
///   which throws an error with a remedy where they are missing.
public protocol LinearSolver: Codable, Hashable, Sendable {
  /// The name used on command lines and in reports, such as "sketched".
  var name: String { get }

  /// The sketch that the solver draws, or nil.
  var sketcher: (any Sketcher)? { get }

  /// What is set of that which a run has a say in, in words; name and sketch by default.
  var settings: [RunSetting.Name: String] { get }

  /// Whether it needs products and sums of the short side alone, so that ranks can hold the long one in parts; not by
  /// default.
  var supportsSharding: Bool { get }

  /// Throws where an option is outside its domain; called before any work starts.
  func validate() throws

  /// Makes a workspace, empty until it prepares for a system.
  func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar>
}

extension LinearSolver {
  /// Not.
  public var supportsSharding: Bool { false }

  /// No sketch.
  public var sketcher: (any Sketcher)? { nil }

  /// Name and sketch.
  public var settings: [RunSetting.Name: String] { baseSettings }

  /// Name and sketch.
  package var baseSettings: [RunSetting.Name: String] {
    var settings: [RunSetting.Name: String] = [.solver: name]
    settings[.sketch] = sketcher?.name
    return settings
  }
}

/// The buffers and the preparation of a linear solver: one preparation serves many right-hand sides.
///
/// - Caller must: prepare before solving, and use a workspace from one thread at a time.
/// - Implementor must: allocate nothing of the size of the system when the next one has the same sizes
///   (`memoryIssues` of OptimKitMemoryTesting checks it);
///   write a usable solution even where the tolerance is not reached, and say so in the report; book
///   iterations and factorizations on the system's ledger.
public protocol LinearSolverWorkspace<Scalar>: AnyObject {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// Gets ready for a system: forms and factors matrices, draws sketches with `key`.
  ///
  /// - Returns: What was prepared, and from which capabilities of the Jacobian.
  /// - Throws: ``OptimKitError`` of kind `singularSystem` or `missingCapability`, with the remedy.
  @discardableResult
  func prepare(_ system: DampedSystem<Scalar>, key: RandomKey) throws -> PreparationReport

  /// The same, for solves to about `tolerance`: what a solver that chooses between ways wants to know.
  @discardableResult
  func prepare(
    _ system: DampedSystem<Scalar>, for tolerance: ResidualTolerance<Scalar>, key: RandomKey
  ) throws -> PreparationReport

  /// solution ← argmin ½‖T x − b‖² + (μ/2)‖x − c‖² for the prepared system, to `tolerance`.
  ///
  /// - Throws: ``OptimKitError`` where no usable solution was found.
  func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport

  /// What later solves depend on beside their systems; nil, the default, for a workspace that starts anew with
  /// each system.
  ///
  /// - Implementor must: return in O(1).
  func saveState() -> LinearSolverState?

  /// Goes on from a state that a workspace of the same solver has saved: makes again what it kept, by preparing
  /// for `system` with the kept key.
  ///
  /// - Caller must: pass the system that was prepared with `state.keptKey`, where there is one.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` where the state is not one of this solver.
  func restore(_ state: LinearSolverState, system: DampedSystem<Scalar>?) throws
}

extension LinearSolverWorkspace {
  /// Nothing is carried from system to system.
  public func saveState() -> LinearSolverState? { nil }

  /// Refuses a state: there is none.
  public func restore(_ state: LinearSolverState, system: DampedSystem<Scalar>?) throws {
    throw LinearSolverState.foreign
  }

  /// Prepares without regard to the tolerance.
  @discardableResult
  public func prepare(
    _ system: DampedSystem<Scalar>, for tolerance: ResidualTolerance<Scalar>, key: RandomKey
  ) throws -> PreparationReport {
    try prepare(system, key: key)
  }
}
