extension Claim {
  /// Every claim, in the order in which they are checked.
  package static let all: [Claim] = [
    .halving, .innerTolerance, .costAgainstWidth, .weightMovement, .kernelDrift,
    .sketchConditioning, .innerIterations, .logarithmicIterations, .riskConvergence,
    .iterationsAgainstSamples, .riskCostAgainstSamples, .generalization, .algorithm2SketchSize,
    .algorithm2Accuracy, .costAgainstSamples, .kernelConditioning, .widthCondition,
    .riskConditioning, .riskCostAgainstFeatures, .riskLocality, .firstOrderIterations,
    .interpolation, .normalEquations,
  ]

  /// One line a claim.
  static var list: String {
    all.map { "\($0.id)  \($0.title): \($0.statement) (\($0.source))" }.joined(separator: "\n")
  }
}
