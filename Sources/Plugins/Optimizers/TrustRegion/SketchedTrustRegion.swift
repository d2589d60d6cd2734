import OptimKit

/// Gauss-Newton steps in a random subspace of the parameters, with the longest damped step that the model foretells
/// well: for problems whose Jacobian has quickly falling singular values, such as physics-informed networks.
///
/// The subspace is spanned by (Ψ A)ᵀ for a sparse sign sketch Ψ, drawn anew for each step: the range finder of Halko,
/// Martinsson and Tropp (arXiv 0909.4061), which has all directions of large singular values. In it, A is made bidiagonal
/// by QR and reflections; nothing is squared. One factorization gives the steps of all dampings (Eldén 1977), which are
/// tried from the last one on, in quarters of a decade: the longest is taken whose actual reduction is at least
/// `gainRatio` of the predicted one. The step of lowest loss would be a shorter one, and makes far less headway in the end.
///
/// Where two steps in a row leave more than nine tenths of the loss, what is left lies along small singular values, in
/// which the model is good for short steps only: an excursion is made then, a step with √μ two decades lower
/// whatever its loss, and so a way out of the valley. The loss is not monotone, and the best point of a run need not be
/// its last.
///
/// Cost per iteration: a linearization, 2 n p (s + 8) + 2 (n + 2 p) s² + 8/3 s³ operations for s = `rank`, or
/// 2 l k² + 8/3 k³ for the long and the short side of the Jacobian where there is no subspace; and an evaluation and a
/// product with the subspace for each of about five trials. Storage: n p + 2 (n + p) s + 2 s² scalars. The Jacobian has to be
/// `RowAccessible`.
///
/// Source: arXiv 2607.02194 (DSGNAR), with another subspace and another search.
public struct SketchedTrustRegion: Optimizer {
  /// The dimensions s of the subspace. Where n or p is not larger than s, there is none, and the factorization is
  /// exact. Nil, the default, for 27/100 of n or 6/10 of p, whichever is less, or for no subspace where there are fewer
  /// than 100 residuals or parameters. A larger rank takes more time and more steps to the same error, and ends at a
  /// smaller one.
  public var rank: Int?
  /// The part of the predicted reduction that a step has to achieve; 0.25 by default.
  public var gainRatio: Double
  /// Whether excursions are made; they are by default.
  public var makesExcursions: Bool

  /// Creates the optimizer.
  public init(rank: Int? = nil, gainRatio: Double = 0.25, makesExcursions: Bool = true) {
    self.rank = rank
    self.gainRatio = gainRatio
    self.makesExcursions = makesExcursions
  }

  /// "sketched trust region".
  public var name: String { "sketched trust region" }

  /// Rank, gain ratio and whether excursions are made.
  public var details: String {
    "\(rank.map { "rank \($0)" } ?? "default rank"), gain ratio \(gainRatio)\(makesExcursions ? "" : ", no excursions")"
  }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    if let rank { try requirePositive(rank, "rank") }
    try requirePositive(gainRatio, "gain ratio")
    try requireFraction(gainRatio, "gain ratio")
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try SketchedTrustRegionStepper(objective, parameters, self, key: key)
  }
}

extension Optimizer where Self == SketchedTrustRegion {
  /// Gauss-Newton steps in random subspaces, with dampings that are found by trying.
  public static func sketchedTrustRegion(
    rank: Int? = nil, gainRatio: Double = 0.25, makesExcursions: Bool = true
  ) -> Self {
    Self(rank: rank, gainRatio: gainRatio, makesExcursions: makesExcursions)
  }
}
