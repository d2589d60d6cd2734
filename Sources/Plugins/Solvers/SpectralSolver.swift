import OptimKit

/// Exact Gauss-Newton steps from one symmetric eigendecomposition, AᵀA = V Λ Vᵀ, which serves every damping:
///
///     z = V (Λ + μI)⁻¹ Vᵀ r.
///
/// So an optimizer can probe a whole range of dampings at the price of vector operations; that is what
/// `SpectralWorkspace.solve(_:damping:into:)` is for. Eigenvalues λ with λ + μ below `relativeCutoff` times the
/// largest are noise of rounding and left out, so singular systems get their solution of minimum norm; the
/// report says how many were. Like ``CholeskySolver`` it squares the condition number: singular values below
/// √(relative cutoff) of the largest cannot be told from zero.
///
/// Cost: that of N (min(n, p)² max(n, p), or far less where the Jacobian is `GramComputing`), and about 9 k³ for
/// the decomposition, k = min(n, p); 4 k² and one or two products with J or Jᵀ for each solution. Storage:
/// 3 k² + 11 k scalars, kept for the next system.
public struct SpectralSolver: LinearSolver {
  /// Eigenvalues below this fraction of the largest are left out; nil stands for 30 roundoffs of the scalar
  /// type (30 · `ulpOfOne`), the truncation of SPIR (arXiv 2406.03468).
  public var relativeCutoff: Double?

  /// Creates the solver.
  public init(relativeCutoff: Double? = nil) { self.relativeCutoff = relativeCutoff }

  /// "spectral".
  public var name: String { "spectral" }

  /// Throws where the cutoff is not between 0 and 1.
  public func validate() throws {
    guard let relativeCutoff, !(relativeCutoff >= 0 && relativeCutoff < 1) else { return }
    throw OptimKitError(
      .invalidArgument, cause: "the relative cutoff of eigenvalues is \(relativeCutoff)",
      remedy: "choose a number from 0 up to but not including 1, or none for the default")
  }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    makeSpectralWorkspace(for: type)
  }

  /// Makes a workspace that solves for other dampings too.
  public func makeSpectralWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> SpectralWorkspace<Scalar> {
    SpectralWorkspace(
      relativeCutoff: relativeCutoff.map { Scalar($0) } ?? 30 * Scalar.ulpOfOne)
  }
}

extension LinearSolver where Self == SpectralSolver {
  /// Eigendecomposition of the exact short-side matrix.
  public static var spectral: Self { Self() }
}

/// The eigendecomposition of a system's undamped normal matrix, for solutions at every damping.
public final class SpectralWorkspace<Scalar: RealScalar>: LinearSolverWorkspace {
  private let relativeCutoff: Scalar
  private var system: DampedSystem<Scalar>?
  private var decomposition: SymmetricEigendecomposition<Scalar>?
  private var decompositionWork: AlignedBuffer<Scalar>?
  private var shortBuffer: AlignedBuffer<Scalar>?
  private var projectionBuffer: AlignedBuffer<Scalar>?

  init(relativeCutoff: Scalar) { self.relativeCutoff = relativeCutoff }

  /// The eigenvalues of AᵀA, without damping, in ascending order; empty until prepared.
  public var eigenvalues: [Scalar] { decomposition?.values ?? [] }

  /// Forms and decomposes the normal matrix.
  public func prepare(
    _ system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> PreparationReport {
    self.system = system
    // The old vectors' memory becomes the new matrix.
    // Without damping: taking a large one off the eigenvalues again would cost digits of the small ones.
    var normal: Matrix<Scalar>? = try system.withDamping(0).normalMatrix(
      reusing: decomposition.take()?.recoverStorage())
    // Handed over, not shared: a shared matrix would be copied.
    decomposition = try system.ledger.measureInterruptibly(.factorization) {
      try SymmetricEigendecomposition(normal.take()!, workspace: &decompositionWork)
    }
    system.ledger.addFactorization()
    return PreparationReport(
      access: system.normalMatrixAccess, factorization: "eigendecomposition")
  }

  /// solution ← argmin ½‖T x − b‖² + (μ/2)‖x − c‖² with the damping μ of the prepared system.
  public func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, tolerance: ResidualTolerance<Scalar>,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system else { preconditionFailure("prepare before solving") }
    return try solve(rightHandSide, in: system, tolerance: tolerance, into: &solution)
  }

  /// solution ← argmin ½‖T x − b‖² + (μ/2)‖x − c‖² with μ = `damping`, whatever that of the prepared system.
  ///
  /// - Complexity: O(k²), k = min(n, p), and at most one product with J and one with Jᵀ.
  public func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, damping: Scalar,
    into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let system else { preconditionFailure("prepare before solving") }
    guard damping >= 0, damping.isFinite else {
      throw OptimKitError(
        .invalidArgument, cause: "a damping of \(damping)",
        remedy: "choose a finite number that is not negative")
    }
    return try solve(
      rightHandSide, in: system.withDamping(damping), tolerance: .relative(relativeCutoff),
      into: &solution)
  }

  private func solve(
    _ rightHandSide: borrowing DampedRightHandSide<Scalar>, in system: DampedSystem<Scalar>,
    tolerance: ResidualTolerance<Scalar>, into solution: inout MutableSpan<Scalar>
  ) throws -> SolveReport {
    guard let decomposition else { preconditionFailure("prepare before solving") }
    let shortMemory = AlignedBuffer.resize(&shortBuffer, to: system.shortCount)
    let projectionMemory = AlignedBuffer.resize(&projectionBuffer, to: system.shortCount)
    var z = shortMemory.mutableSpan
    var y = projectionMemory.mutableSpan
    try system.shortSide(of: rightHandSide, into: &z)
    let norm = Scalar.norm(z.span)
    try requireFiniteRightHandSide(norm)
    let (omitted, rest) = system.ledger.measure(.solver) {
      decomposition.project(z.span, into: &y)
      let result = divide(&y, by: decomposition.values, plus: system.damping)
      decomposition.expand(y.span, into: &z)
      return result
    }
    try system.recover(from: z.span, of: rightHandSide, into: &solution)

    guard omitted > 0 else {
      return SolveReport(status: .converged, rightHandSideNorm: Double(norm))
    }
    let isWithinTolerance = rest <= tolerance.threshold(rightHandSideNorm: norm)
    return SolveReport(
      status: isWithinTolerance ? .converged : .stagnated,
      relativeResidual: norm > 0 ? Double(rest / norm) : 0, rightHandSideNorm: Double(norm),
      notes: [
        "\(omitted) of \(system.shortCount) eigenvalues were left out as zero at "
          + "\(Scalar.typeName) precision"
      ])
  }

  /// y ← (Λ + μI)⁻¹y, or zero where that is noise; the number of those, and the norm of y in them.
  private func divide(
    _ y: inout MutableSpan<Scalar>, by values: [Scalar], plus damping: Scalar
  ) -> (omitted: Int, rest: Scalar) {
    let smallest = relativeCutoff * ((values.last ?? 0) + damping)
    var omitted = 0
    var rest = Scalar(0)
    for i in values.indices {
      // Rounding can make the eigenvalue of a semidefinite matrix negative.
      let value = max(values[i], 0) + damping
      if value > smallest {
        y[i] /= value
      } else {
        omitted += 1
        rest += y[i] * y[i]
        y[i] = 0
      }
    }
    return (omitted, rest.squareRoot())
  }
}
