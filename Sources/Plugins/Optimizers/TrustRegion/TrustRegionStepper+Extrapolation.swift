import OptimKit

extension TrustRegionStepper {
  /// A step that is extrapolated from the last ones, where it achieves about what a full step is predicted to; nil
  /// otherwise.
  func extrapolate(_ model: LocalModel<Scalar>) throws -> StepReport? {
    guard let step = try extrapolatedStep(model) else { return nil }
    placeNext(along: step)
    guard try reductionAtNext() >= 0.5 * model.coordinates.largestReduction else { return nil }
    return try accept(nil, model, label: "extrapolated step", trials: 1)
  }

  /// Remembers the full step at this point; what it and those before extrapolate to. Nil where there are bounds, which an
  /// extrapolation knows nothing of, and where full steps are not unique.
  func extrapolatedStep(_ model: LocalModel<Scalar>) throws -> [Scalar]? {
    let (coordinates, parameters) = (model.coordinates, parameters)
    if case .probing = rule { return nil }
    guard objective.parameterBounds == nil, coordinates.rank == parameters.count else {
      extrapolation.clear()
      return nil
    }
    extrapolation.append(model.decomposed.step(coordinates.damped(by: 0)), at: parameters)
    return try extrapolation.step(scale: model.decomposed.scale)
  }
}
