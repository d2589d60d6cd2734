import OptimKit

/// Chooses solver, sketch, sketch size and precision for each system by a model of their costs, and says why.
///
/// Costs are counts of operations (`Work`), from the shape of the system and what its Jacobian can do, divided
/// by the rates of the machine. Considered are
///
/// | | needs | iterations expected |
/// |---|---|---|
/// | Cholesky of N in working precision, kept across steps | Gram matrix or rows | 0; 1 below η = 1e-7 |
/// | the same in single precision | the same | 0 where the Gram matrix is structured and η loose, one more for each three digits; else 2 more |
/// | CG preconditioned with a sketch: sparse signs, SRHT, for Khatri-Rao rows TensorSketch; s = 2 k, 3 k, 4 k or 6 k; R in single precision | rows | log(2/η) / log √(s/k) |
/// | CG preconditioned with a quarter of the neurons; R in single precision | sampled Gram matrix | 1.2 log(2/η), until one solve has told |
/// | CG with a pivoted Cholesky factorization of rank ℓ = 128 to 1024 | columns of a structured Gram matrix | 1.2 (k/ℓ)^0.55 log(2/η), until one solve has told |
/// | CG | products | 20 log(2/η), until one solve has told |
/// | CG with a Nyström preconditioner | products | considered once CG took more than 50 |
/// | QR | rows | 0 |
/// | LSQR preconditioned with a sketch of s = 4 k | rows | 1.5 times those of CG |
/// | LSQR | products | considered once a way failed or the normal matrix proved too ill-conditioned |
///
/// Systems so small that comparing would take longer than solving, of k² max(n, p) up to 2¹⁵, go to Cholesky without
/// being compared, unless it has failed.
///
/// Before a tall system of 20 rows a column or more is squared for the first time, 2 k of its rows are looked at: where
/// their normal matrix is singular at working precision, that of all rows mostly is, and only the last three are left.
///
/// A choice is corrected by what happens: counts of iterations replace expected ones; a preparation that
/// fails closes its way for the rest of the run, and the next best is taken; a solve that ends above its
/// tolerance is done again by LSQR on the tall matrix, which does not square the condition number, and later
/// systems go there at once. The way in use is left only for one that is a third cheaper. Every decision is in
/// `PreparationReport.selection`, everything that failed in `fallbacks` and `notes`.
///
/// With the reference rates, the default, decisions rest on counts alone: the same on every run. With
/// `.measured` rates, kernels are timed once in the process, and seconds that a way takes correct its later
/// estimates; two ways that cost about the same may then be chosen differently from run to run.
///
/// Cost and storage: those of the chosen way. Ways that would need more than half of the machine's memory are
/// closed.
public struct AutomaticSolver: LinearSolver {
  /// Where the rates of the machine come from.
  public enum Rates: Hashable, Sendable, Codable {
    /// `MachineRates.reference`: reproducible.
    case reference
    /// `MachineRates.measured()`, and seconds observed during the run.
    case measured
    /// Given ones.
    case given(MachineRates)
  }

  /// Where the rates of the machine come from; the reference by default.
  public var rates: Rates
  /// The largest number of iterations in one solve, at least 1; 1000 by default.
  public var maximumIterations: Int

  /// Creates the solver.
  public init(rates: Rates = .reference, maximumIterations: Int = 1000) {
    self.rates = rates
    self.maximumIterations = maximumIterations
  }

  /// "automatic".
  public var name: String { "automatic" }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try validateIterationLimit(maximumIterations)
    guard case .given(let given) = rates else { return }
    let values = [
      given.matrixOperations, given.vectorOperations, given.streamedBytes, given.bitOperations,
      given.scalarOperations,
    ]
    guard values.allSatisfy({ $0 > 0 && $0.isFinite }), given.halfRateOrder >= 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "a rate of the machine is not positive and finite",
        remedy: "pass operations a second, such as those of MachineRates.reference")
    }
  }

  /// Makes a workspace.
  public func makeWorkspace<Scalar: RealScalar>(
    for type: Scalar.Type
  ) -> any LinearSolverWorkspace<Scalar> {
    AutomaticWorkspace<Scalar>(solver: self)
  }

  /// What would be chosen for a system at first, from what alternatives, and why.
  ///
  /// - Complexity: That of some hundred arithmetic operations; nothing is solved.
  public func explain<Scalar: RealScalar>(
    _ system: DampedSystem<Scalar>, tolerance: ResidualTolerance<Scalar> = .relative(1e-6)
  ) -> SolverSelection {
    var model = CostModel<Scalar>(rates: machineRates)
    model.maximumIterations = maximumIterations
    let ranking = model.rank(for: system, tolerance: tolerance.expectedRelative)
    return SolverSelection(
      ranking, system: system, tolerance: tolerance.expectedRelative, reason: "the least estimate")
  }

  var machineRates: MachineRates {
    switch rates {
    case .reference: .reference
    case .measured: .measuredOnce
    case .given(let given): given
    }
  }
}

extension LinearSolver where Self == AutomaticSolver {
  /// Chooses solver, sketch, size and precision for each system.
  public static var automatic: Self { Self() }

  /// Chooses solver, sketch, size and precision for each system, by rates from a source of choice.
  public static func automatic(rates: AutomaticSolver.Rates) -> Self { Self(rates: rates) }
}

extension ResidualTolerance {
  /// The relative residual to expect before the right-hand side is known.
  var expectedRelative: Double {
    switch self {
    case .relative(let eta): Double(max(eta, 4 * Scalar.unitRoundoff))
    case .quadratic(let maximum, _): Double(maximum)
    case .absolute: 1e-6
    }
  }
}
