import OptimKit

extension GaussNewtonStepper {
  func saveState() -> StepperState<Scalar> {
    let solver = activeWorkspace.saveState()
    let isAnchored = solver?.keptKey != nil
    return StepperState(
      parameters: parameters,
      vectors: isAnchored ? [anchor?.parameters ?? parameters] : [],
      values: StoredValue(
        GaussNewtonState(
          iteration: iteration, firstLoss: firstLoss,
          firstRightHandSideNorm: firstRightHandSideNorm,
          firstGradientNorm: firstGradientNorm, solver: solver,
          subsampledRate: subsampled?.iterationRate)))
  }

  /// Goes on from `state`, whose parameters are those of this stepper.
  func restore(_ state: StepperState<Scalar>) throws {
    guard let values = try state.values?.decoded(as: GaussNewtonState<Scalar>.self) else {
      throw LinearSolverState.foreign
    }
    iteration = values.iteration
    firstLoss = values.firstLoss
    firstRightHandSideNorm = values.firstRightHandSideNorm
    firstGradientNorm = values.firstGradientNorm
    if let rate = values.subsampledRate {
      guard let subsampled else { throw LinearSolverState.foreign }
      subsampled.iterationRate = rate
    } else {
      subsampled = nil
    }
    guard let solver = values.solver else { return }
    var system: DampedSystem<Scalar>?
    if let key = solver.keptKey {
      guard let place = state.vectors.first, place.count == parameters.count else {
        throw LinearSolverState.foreign
      }
      anchor = (place, key)
      system = objective.system(
        at: try objective.linearize(at: place.span), damping: damping)
    }
    try activeWorkspace.restore(solver, system: system)
  }
}
