import OptimKit

/// What is wrong with an optimizer on one objective, in words; empty where nothing was found.
///
/// Checks that
///
/// - `validate` accepts the optimizer, and a trip through JSON gives an equal one;
/// - a run starts at the given parameters, and its loss and gradient norm are those of the objective at the
///   stepper's parameters, there and after each step, computed afresh; asking for the gradient norm again costs
///   nothing, and asking at all does not change the run;
/// - `stepNorm` is the distance moved, and inner iterations are those in the ledger;
/// - the loss at the end is below that at the start, and the gradient has vanished there, where that is
///   expected;
/// - the same key gives the same bits again, also with one, two and three threads (those of OptimKit's own
///   loops);
/// - a run that goes on from a checkpoint after its first, a middle and its last but one step ends at the same bits
///   as one that was not interrupted;
/// - the ledger counts as many evaluations and linearizations as the model saw;
/// - an error of the model comes out as it is and leaves the stepper at the last good point; `minimize` returns
///   that point where the error is an `OptimKitError`, and throws others.
///
/// - Parameters:
///   - optimizer: The optimizer.
///   - objective: A small objective, smooth around the path of the optimizer.
///   - initial: Where to start, not at a stationary point.
///   - steps: The largest number of steps, at least 1; a run ends earlier where the gradient has vanished, or
///     no further step can be made (`noConvergence`).
///   - isExpectedToConverge: Whether the gradient has to vanish within `steps` steps.
///   - gradientTolerance: ‖∇F‖ at a stationary point, relative to that at the start; √u by default, for the
///     unit roundoff u.
///   - seed: The seed of the runs.
/// - Complexity: Twelve runs of up to `steps` steps.
public func conformanceIssues<M: Model, L: Loss>(
  of optimizer: some Optimizer, on objective: EmpiricalRisk<M, L>, from initial: [M.Scalar],
  steps: Int = 50, isExpectedToConverge: Bool = true, gradientTolerance: M.Scalar? = nil,
  seed: UInt64 = 0
) -> [String] {
  var findings = ConformanceFindings()
  let check = OptimizerCheck(
    optimizer: optimizer, objective: objective, initial: initial, steps: max(1, steps),
    gradientTolerance: gradientTolerance ?? M.Scalar.unitRoundoff.squareRoot(), seed: seed)
  findings.attempt("optimizer \(optimizer.name)") { findings in
    try check.options(&findings)
    let path = try check.path()
    findings.require(
      haveSameBits(path.points[0], initial), "a run does not start at the parameters it is given")
    try check.measurements(along: path, isExpectedToConverge: isExpectedToConverge, &findings)
    try check.determinism(path, &findings)
    try check.resumption(path, &findings)
    try check.failures(path, &findings)
  }
  return findings.issues
}

/// What is wrong with an optimizer on a built-in problem of mildly nonlinear least squares, well-conditioned, of
/// 24 outputs and 5 parameters; empty where nothing was found.
///
///     #expect(conformanceIssues(of: .gaussNewton(solver: .exact), scalar: Double.self) == [])
///
/// - Parameters:
///   - optimizer: The optimizer.
///   - scalar: The scalar type.
///   - steps: The largest number of steps.
///   - isExpectedToConverge: Whether the gradient has to vanish within `steps` steps.
///   - seed: The seed of the runs.
public func conformanceIssues<Scalar: RealScalar>(
  of optimizer: some Optimizer, scalar: Scalar.Type, steps: Int = 50,
  isExpectedToConverge: Bool = true, seed: UInt64 = 0
) -> [String] {
  do {
    let problem = try MildProblem<Scalar>()
    return conformanceIssues(
      of: optimizer, on: problem.objective, from: problem.start, steps: steps,
      isExpectedToConverge: isExpectedToConverge, seed: seed)
  } catch {
    return ["making the built-in problem failed: \(error)"]
  }
}
