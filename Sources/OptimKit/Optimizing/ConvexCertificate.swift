/// What is known about how good a point is for a convex objective, and how the objective stands to the assumptions of
/// the theorem on empirical risk in arXiv 2006.11648: a γ-strongly convex, β-smooth function with an L-Lipschitz
/// Hessian, and a start where L ‖θ₀ − θ*‖ is below γ.
///
///     let certificate = try ConvexCertificate(of: objective, at: result.parameters, using: .exact)
///     print(certificate)
public struct ConvexCertificate: Hashable, Sendable, Codable {
  /// F(θ).
  public let value: Double
  /// ‖∇F(θ)‖.
  public let gradientNorm: Double
  /// (∇Fᵀ H⁻¹ ∇F)^½ for the Hessian H; half of its square estimates F(θ) − min F. Nil where H is singular.
  public let newtonDecrement: Double?
  /// A bound of F(θ) − min F: the gap to the dual objective at α = ∂ℓ/∂f, which is ‖∇F‖² / (2λ). Nil without a ridge on
  /// all parameters.
  public let dualityGap: Double?
  /// γ, an estimate of the smallest eigenvalue of H, from above.
  public let strongConvexity: Double
  /// β, an estimate of the largest eigenvalue of H, from below.
  public let smoothness: Double
  /// r = M maxᵢ ‖(Jδ)ᵢ‖ for the next Newton step δ and the constant M of self-concordance: along the step, curvature
  /// changes by factors of e^±r at most. Nil where M is not known.
  public let stepDistance: Double?
  /// What the quantities say, a sentence each.
  public let statements: [String]
  /// What is wrong with the problem, a sentence each.
  public let warnings: [String]

  /// κ = β/γ; infinite where γ is 0.
  public var conditionNumber: Double {
    strongConvexity > 0 ? smoothness / strongConvexity : .infinity
  }

  /// Judges a point.
  ///
  /// - Parameters:
  ///   - objective: A convex one, whose Gauss-Newton matrix is its Hessian.
  ///   - parameters: θ.
  ///   - solver: Solves with H, once for the decrement and a dozen times for γ.
  ///   - key: The source of the random start of the iterations for β and γ.
  ///   - cancellation: What ends the work from outside, besides the cancellation of the task that it is done in.
  /// - Complexity: One linearization, 30 products with H, two preparations of the solver and some 15 solves.
  /// - Throws: What the objective throws; ``OptimKitError`` where its loss is not convex; `CancellationError`. Where the
  ///   solver fails, the certificate warns.
  public init<O: Objective>(
    of objective: O, at parameters: [O.Scalar], using solver: some LinearSolver,
    key: RandomKey = RandomKey(seed: 0, purpose: "certificate"),
    cancellation: CancellationToken = CancellationToken()
  ) throws {
    let measurement = try CertificateMeasurement(
      objective: CountedObjective<O.Scalar>(
        objective,
        ledger: RunLedger(cancellation: cancellation, isShared: objective.sharding != nil)),
      parameters: parameters,
      workspace: solver.makeWorkspace(for: O.Scalar.self), key: key)
    value = Double(measurement.linearization.value)
    gradientNorm = Double(measurement.gradientNorm)
    let hasWholeRidge = objective.ridge > 0 && objective.unregularizedParameters.isEmpty
    dualityGap = hasWholeRidge ? gradientNorm * gradientNorm / (2 * Double(objective.ridge)) : nil
    smoothness = try measurement.largestEigenvalue()
    let failures: [String]
    (strongConvexity, failures) = try measurement.smallestEigenvalue(largest: smoothness)
    let step = try measurement.step()
    newtonDecrement = step?.decrement
    stepDistance = step?.distance
    (statements, warnings) = Self.describe(
      value: value, decrement: newtonDecrement, gap: dualityGap, gamma: strongConvexity,
      beta: smoothness, distance: stepDistance, ridge: Double(objective.ridge),
      hasWholeRidge: hasWholeRidge, constants: objective.lossConstants,
      roundoff: Double(O.Scalar.unitRoundoff), failures: failures)
  }
}

extension ConvexCertificate: CustomStringConvertible {
  /// Statements and warnings, one a line.
  public var description: String {
    (statements + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }
}
