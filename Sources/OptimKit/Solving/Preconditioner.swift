/// An approximation P ≈ N of the short-side matrix of a system that is easy to invert.
///
/// - Implementor must: be symmetric positive definite, and the same for every call.
public protocol Preconditioner<Scalar>: AnyObject {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// What it was made from.
  var report: PreparationReport { get }

  /// r ← P⁻¹ r.
  func applyInverse(in r: inout MutableSpan<Scalar>)

  /// Whether P⁻¹r is sure to leave a relative residual of at most `relativeResidual` on the very system that this was
  /// made for, so that no iteration is needed; false by default.
  func isAccurate(to relativeResidual: Scalar) -> Bool

  /// Whether P⁻¹r is computed in `Float`, though the system is not; false by default.
  var isInSinglePrecision: Bool { get }
}

extension Preconditioner {
  /// An approximation, which says nothing.
  public func isAccurate(to relativeResidual: Scalar) -> Bool { false }

  /// Computed in the precision of the system.
  public var isInSinglePrecision: Bool { false }
}

/// A preconditioner with a known factor, P = RᵀR, for methods that precondition A from the right.
public protocol FactoredPreconditioner<Scalar>: Preconditioner {
  /// r ← R⁻¹ r.
  func applyInverseFactor(in r: inout MutableSpan<Scalar>)

  /// r ← R⁻ᵀ r.
  func applyInverseTransposedFactor(in r: inout MutableSpan<Scalar>)
}

extension FactoredPreconditioner {
  /// r ← R⁻¹ R⁻ᵀ r.
  public func applyInverse(in r: inout MutableSpan<Scalar>) {
    applyInverseTransposedFactor(in: &r)
    applyInverseFactor(in: &r)
  }
}

/// A way to make preconditioners.
///
/// It is a small value without a scalar type, to be stored and compared.
///
/// - Implementor must: document cost, storage, and how many iterations to expect.
/// - Implementor may: need capabilities of the Jacobian, reached through the system, which throws an error
///   with a remedy where they are missing.
public protocol PreconditionerStrategy: Codable, Hashable, Sendable {
  /// The name used in reports, such as "sketch".
  var name: String { get }

  /// The sketch that is drawn, or nil.
  var sketcher: (any Sketcher)? { get }

  /// Throws where an option is outside its domain; called before any work starts.
  func validate() throws

  /// Makes a preconditioner for a system, with `key` as the source of randomness.
  ///
  /// - Throws: ``OptimKitError`` of kind `singularSystem` or `missingCapability`, with the remedy.
  func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar>

  /// Makes a preconditioner as the method without `old` does, to the same bits, in the memory of one that this
  /// strategy made before and that is of no more use; by default it frees that memory and makes a new one.
  func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar>
}

extension PreconditionerStrategy {
  /// No sketch.
  public var sketcher: (any Sketcher)? { nil }

  /// Makes a new preconditioner; the old one is freed first, so that two are never held at once.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar> {
    old = nil
    return try makePreconditioner(for: system, key: key)
  }
}
