import Foundation

extension ConvexCertificate {
  /// What the quantities say about the point, and about the assumptions of the theorem.
  static func describe(
    value: Double, decrement: Double?, gap: Double?, gamma: Double, beta: Double,
    distance: Double?, ridge: Double, hasWholeRidge: Bool, constants: LossConstants,
    roundoff: Double, failures: [String]
  ) -> (statements: [String], warnings: [String]) {
    func text(_ number: Double) -> String { String(format: "%.3g", number) }
    var statements: [String] = []
    var warnings = failures
    if let gap {
      statements.append("F is at most \(text(gap)) above its minimum: the duality gap")
    }
    if let decrement {
      statements.append(
        "the Newton decrement is \(text(decrement)): F is about "
          + "\(text(decrement * decrement / 2)) above its minimum")
    }
    let isSingular = gamma <= 100 * roundoff * beta
    statements.append(
      "strong convexity: γ is about \(text(gamma)) here"
        + (hasWholeRidge
          ? ", and at least the ridge \(text(ridge)) everywhere"
          : isSingular
            ? ": the assumption fails" : "; without a ridge on all parameters there is no bound"))
    statements.append(
      "smoothness: β is about \(text(beta)) here"
        + (constants.smoothness == nil
          ? "; the loss is not smooth everywhere: the line search stands in for the assumption"
          : ", and bounded everywhere, as the loss is \(text(constants.smoothness!))-smooth"))
    if !isSingular { statements.append("condition number: κ = β/γ is about \(text(beta / gamma))") }
    statements.append(lipschitz(constants, text))
    if let distance {
      statements.append(
        "start of quadratic convergence: the next Newton step changes curvature by factors of e^±"
          + "\(text(distance)) at most, "
          + (distance < 0.5
            ? "so the theorem's neighbourhood of the minimum is reached"
            : "so the point is outside the theorem's neighbourhood of the minimum"))
    }
    if let distance, distance >= 0.5 {
      warnings.append(
        "the next Newton step still changes the outputs: a minimum is not near, and where the gradient is small "
          + "all the same, there is none at a finite distance, as with classes that a plane separates; give a ridge"
      )
    }
    if isSingular {
      warnings.append(
        "the Hessian is singular at working precision: minimisers are not unique; give a ridge, or remove "
          + "constant and duplicate columns")
    }
    return (statements, warnings)
  }

  private static func lipschitz(
    _ constants: LossConstants, _ text: (Double) -> String
  ) -> String {
    if let lipschitz = constants.curvatureLipschitz {
      return "Hessian: Lipschitz, as the loss's curvature is with L = \(text(lipschitz))"
    }
    if let concordance = constants.selfConcordance {
      return
        "Hessian: not Lipschitz, but the loss is self-concordant with M = \(text(concordance)), "
        + "which serves as well"
    }
    return "Hessian: not known to be Lipschitz, so that quadratic convergence is not promised"
  }
}
