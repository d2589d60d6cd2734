import OptimKit

/// Gauss-Newton steps whose regularization is found by trying: one decomposition of the Jacobian a point gives the
/// steps of a whole range of dampings and cutoffs of singular values, each for O(p²); the loss is evaluated at the end
/// of each, and the best is taken.
///
/// For physics-informed networks and other problems whose Jacobian has singular values of all magnitudes, where no
/// rule for the damping works throughout. Singular values down to rounding are kept apart: they are those of the
/// Jacobian, not roots of eigenvalues of its Gram matrix.
///
/// Cost per iteration: a linearization, 2 n p² + 20 p³ operations for n ≥ p (with n and p exchanged otherwise), and
/// an evaluation and O(p²) for each of about 40 trials. Storage: n p + 8 p² scalars. The Jacobian has to be
/// `RowAccessible`.
///
/// Sources: arXiv 2607.02194 (DSGNAR), here without sketches; arXiv 2412.10782 (ANaGRAM).
public struct SpectralTrustRegion: Optimizer {
  /// Which steps are tried, and which of them is taken.
  public var probes: StepProbes
  /// D; I by default, so that small singular values are those of the Jacobian itself.
  public var scaling: ParameterScaling

  /// Creates the optimizer.
  public init(probes: StepProbes = StepProbes(), scaling: ParameterScaling = .none) {
    self.probes = probes
    self.scaling = scaling
  }

  /// "spectral trust region".
  public var name: String { "spectral trust region" }

  /// Probes and scaling.
  public var details: String {
    "\(probes.dampingCount) dampings, \(probes.cutoffCount) cutoffs, \(scaling.details)"
  }

  /// It does.
  public var supportsBounds: Bool { true }

  /// 1000 iterations: a run ends by itself where rounding allows no further step.
  public var defaultStopping: [StoppingCriterion] { [.iterations(1000)] }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try probes.validate()
    try scaling.validate()
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws; `OptimKitError` where typical sizes are those of another
  ///   number of parameters.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try TrustRegionStepper(objective, parameters, rule: .probing(probes), scaling: scaling)
  }
}

extension Optimizer where Self == SpectralTrustRegion {
  /// A trust region that tries the steps of many dampings and cutoffs.
  public static func spectralTrustRegion(
    probes: StepProbes = StepProbes(), scaling: ParameterScaling = .none
  ) -> Self {
    Self(probes: probes, scaling: scaling)
  }
}
