/// The measurements behind a certificate: a linearization, the gradient, and products and solves with the Hessian.
struct CertificateMeasurement<Scalar: RealScalar> {
  let linearization: Linearization<Scalar>
  let gradientNorm: Scalar

  private let objective: CountedObjective<Scalar>
  private let parameters: [Scalar]
  private let gradient: [Scalar]
  private let workspace: any LinearSolverWorkspace<Scalar>
  private let key: RandomKey
  /// Without damping: products with it are JᵀDJ.
  private let system: DampedSystem<Scalar>

  init(
    objective: CountedObjective<Scalar>, parameters: [Scalar],
    workspace: any LinearSolverWorkspace<Scalar>, key: RandomKey
  ) throws {
    try objective.requireConvexLoss(for: "a certificate of convexity")
    try objective.requireWholeParameters(for: "a certificate of convexity")
    self.objective = objective
    self.parameters = parameters
    self.workspace = workspace
    self.key = key
    linearization = try objective.linearize(at: parameters.span)
    var gradient = Scalar.zeros(parameters.count)
    var span = gradient.mutableSpan
    try objective.gradient(at: parameters.span, linearization, into: &span)
    self.gradient = gradient
    gradientNorm = Scalar.norm(gradient.span)
    system = objective.system(at: linearization).withDamping(0)
  }

  /// H x = JᵀDJ x + λx, without λ where the ridge leaves parameters out.
  private func hessianProduct(_ x: [Scalar]) throws -> [Scalar] {
    var result = x
    var span = result.mutableSpan
    try system.applyUndampedNormal(x.span, into: &span)
    Scalar.add(objective.ridge, x.span, to: &span)
    for index in objective.unregularizedParameters { span[index] -= objective.ridge * x[index] }
    return result
  }

  private func randomUnitVector() -> [Scalar] {
    var x = parameters
    var span = x.mutableSpan
    key.fillNormal(&span)
    Scalar.scale(&span, by: 1 / Scalar.norm(span.span))
    return x
  }

  /// The power iteration.
  func largestEigenvalue() throws -> Double {
    var x = randomUnitVector()
    var value = Scalar(0)
    for _ in 0..<30 {
      let image = try hessianProduct(x)
      let norm = Scalar.norm(image.span)
      guard norm > 0, norm.isFinite else { return Double(norm) }
      value = max(value, Scalar.dot(x.span, image.span))
      x = image
      var span = x.mutableSpan
      Scalar.scale(&span, by: 1 / norm)
    }
    return Double(value)
  }

  /// Inverse iteration; a small shift keeps singular matrices solvable.
  func smallestEigenvalue(largest: Double) throws -> (value: Double, failures: [String]) {
    if objective.wholeOutputCount < objective.parameterCount,
      objective.unregularizedParameters.isEmpty
    {
      return (Double(objective.ridge), [])
    }
    guard largest > 0 else { return (0, []) }
    do {
      let shift = Scalar(largest) * max(Scalar.unitRoundoff.squareRoot() / 10, 1e-10)
      return (try inverseIteration(shift: shift), [])
    } catch let error as CancellationError {
      throw error
    } catch {
      return (0, ["no eigenvalue could be estimated: \(error)"])
    }
  }

  private func inverseIteration(shift: Scalar) throws -> Double {
    let shifted = objective.system(at: linearization, damping: shift)
    try workspace.prepare(shifted, key: key)
    var x = randomUnitVector()
    var value = Scalar.infinity
    for _ in 0..<12 {
      guard let next = try normalizedSolution(of: shifted, for: x) else { break }
      x = next
      let before = value
      let image = try hessianProduct(x)
      value = min(value, Scalar.dot(x.span, image.span))
      if abs(before - value) <= Scalar(1e-3) * abs(value) { break }
    }
    return value.isFinite ? max(0, Double(value)) : 0
  }

  /// (H + shift)⁻¹ x at unit length; nil where that has no length.
  private func normalizedSolution(
    of shifted: DampedSystem<Scalar>, for x: [Scalar]
  ) throws -> [Scalar]? {
    var center = x
    var centerSpan = center.mutableSpan
    Scalar.scale(&centerSpan, by: 1 / shifted.damping)
    var result = x
    var span = result.mutableSpan
    let report = try workspace.solve(
      DampedRightHandSide(target: Scalar.zeros(shifted.rowCount), center: center),
      tolerance: .relative(1e-3), into: &span)
    try UnregularizedParameters(of: objective).correct(
      &span, of: shifted, by: workspace, tolerance: 1e-3,
      rightHandSideNorm: Scalar(report.rightHandSideNorm))
    let norm = Scalar.norm(span.span)
    guard norm > 0, norm.isFinite else { return nil }
    Scalar.scale(&span, by: 1 / norm)
    return result
  }

  /// The decrement of the Newton step, and how far it moves outputs, in units of 1/M; nil where there is none.
  func step() throws -> (decrement: Double, distance: Double?)? {
    do {
      return try computeStep()
    } catch let error as CancellationError {
      throw error
    } catch {
      return nil
    }
  }

  private func computeStep() throws -> (decrement: Double, distance: Double?)? {
    let system = objective.system(at: linearization)
    try workspace.prepare(system, key: key)
    var target = try linearization.whitenedResidual()
    var targetSpan = target.mutableSpan
    Scalar.scale(&targetSpan, by: -1)
    var center: [Scalar]?
    if objective.ridge > 0 {
      var point = parameters
      var span = point.mutableSpan
      Scalar.scale(&span, by: -1)
      for index in objective.unregularizedParameters { span[index] = 0 }
      center = point
    }
    var step = parameters
    var span = step.mutableSpan
    let report = try workspace.solve(
      DampedRightHandSide(target: target, center: center), tolerance: .relative(1e-3), into: &span)
    try UnregularizedParameters(of: objective).correct(
      &span, of: system, by: workspace, tolerance: 1e-3,
      rightHandSideNorm: Scalar(report.rightHandSideNorm))
    let square = -Scalar.dot(gradient.span, span.span)
    guard square.isFinite, square >= 0 else { return nil }
    var change = Scalar.zeros(system.rowCount)
    var changeSpan = change.mutableSpan
    try objective.outputChange(along: step.span, linearization, into: &changeSpan)
    let outputs = linearization.curvatureFactor.outputsPerBlock
    let own = Swift.stride(from: 0, to: change.count, by: outputs).reduce(Scalar(0)) {
      max($0, Scalar.norm(change.span.extracting($1..<$1 + outputs)))
    }
    let largest = try objective.largest(ofOutputs: own)
    return (
      Double(square).squareRoot(),
      objective.lossConstants.selfConcordance.map { $0 * Double(largest) }
    )
  }
}
