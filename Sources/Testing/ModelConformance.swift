import OptimKit
import OptimKitModels

/// What is wrong with a model at one point, in words; empty where nothing was found.
///
/// Checks sizes; that `evaluate` overwrites its result and repeats it; that `linearize` writes the
/// same bits; that outputs and products with the Jacobian have the same bits for one, two and three
/// threads; that the Jacobian outlives a later linearization elsewhere; J v against central
/// differences of the outputs along random directions; and the Jacobian itself, as
/// `conformanceIssues(of:)` does for Jacobian providers.
///
/// Differences step by h = ∛u · max(1, rms(θ)), for the unit roundoff u, along directions of
/// independent standard normal elements: at this step the two errors of a central difference, h²
/// from the curvature and u / h from rounding, are both near u^⅔. Where the outputs have kinks
/// (ReLU, absolute values), give a point that no direction takes across a kink within such a step:
/// J v can only be compared with differences on one piece. A mismatch that looks like a kink is
/// reported as such.
///
/// - Parameters:
///   - model: The model, on a small set of samples.
///   - parameters: The point θ.
///   - tolerance: That of the checks of the Jacobian; see there.
///   - differenceTolerance: The largest difference between J v and the central difference, relative
///     to ‖J v‖ + ‖f‖. The default is 100 u^⅔: 2e-9 for `Double`, 2e-3 for `Float`.
///   - key: The source of the random vectors.
/// - Complexity: A dozen evaluations, and what the check of the Jacobian costs.
public func conformanceIssues<M: Model>(
  of model: M, at parameters: [M.Scalar], tolerance: M.Scalar? = nil,
  differenceTolerance: M.Scalar? = nil,
  key: RandomKey = RandomKey(seed: 0, purpose: "conformance of a model")
) -> [String] {
  var findings = ConformanceFindings()
  let check = ModelCheck(model: model, parameters: parameters, key: key)
  check.sizes(&findings)
  guard findings.issues.isEmpty else { return findings.issues }
  findings.attempt("linearizing the model") { findings in
    let jacobian = try check.linearization(&findings)
    guard findings.issues.isEmpty else { return }
    try check.differences(
      of: jacobian, tolerance: differenceTolerance ?? 100 * check.step * check.step, &findings)
    for issue in conformanceIssues(of: jacobian, tolerance: tolerance, key: key) {
      findings.require(false, issue)
    }
  }
  return findings.issues
}

private struct ModelCheck<M: Model> {
  typealias Scalar = M.Scalar

  let model: M
  let parameters: [Scalar]
  let key: RandomKey

  /// ∛u.
  var step: Scalar { M.Scalar.cubeRootOfRoundoff }

  func sizes(_ findings: inout ConformanceFindings) {
    findings.require(
      parameters.count == model.parameterCount,
      "\(parameters.count) parameters given to a model of \(model.parameterCount)")
    findings.require(
      model.outputCount > 0 && model.parameterCount > 0,
      "the model has \(model.outputCount) outputs and \(model.parameterCount) parameters")
    findings.require(
      model.outputsPerSample > 0
        && model.sampleCount * model.outputsPerSample == model.outputCount,
      "\(model.outputCount) outputs do not make samples of \(model.outputsPerSample)")
  }

  func outputs(at parameters: [Scalar]) throws -> [Scalar] {
    try filled(model.outputCount) { try model.evaluate(at: parameters.span, into: &$0) }
  }

  func linearization(_ findings: inout ConformanceFindings) throws -> M.Jacobian {
    let expected = try outputs(at: parameters)
    findings.require(
      expected.allSatisfy(\.isFinite), "evaluate leaves NaN or infinity in its result")
    findings.requireSameBits(
      try outputs(at: parameters), expected, "evaluate does not repeat its result")

    var outputs = [Scalar](repeating: .nan, count: model.outputCount)
    var span = outputs.mutableSpan
    let jacobian = try model.linearize(at: parameters.span, outputs: &span)
    findings.requireSameBits(
      outputs, expected, "linearize and evaluate do not write the same outputs")
    findings.require(
      jacobian.rowCount == model.outputCount && jacobian.columnCount == model.parameterCount,
      "a Jacobian of \(jacobian.rowCount) × \(jacobian.columnCount) for "
        + "\(model.outputCount) outputs and \(model.parameterCount) parameters")
    guard findings.issues.isEmpty else { return jacobian }

    let direction: [Scalar] = key.normalVector(model.parameterCount)
    let before = try jacobian.product(direction)
    let elsewhere = parameters.map { -$0 - 1 }
    var other = outputs.mutableSpan
    _ = try model.linearize(at: elsewhere.span, outputs: &other)
    findings.requireSameBits(
      try jacobian.product(direction), before, "the Jacobian changes when the model moves on")
    try threadInvariance(along: direction, &findings)
    return jacobian
  }

  private func threadInvariance(
    along direction: [Scalar], _ findings: inout ConformanceFindings
  ) throws {
    try findings.requireThreadInvariance("evaluate") { try outputs(at: parameters) }
    try findings.requireThreadInvariance("linearize, or a product with its Jacobian,") {
      var outputs = [Scalar](repeating: .nan, count: model.outputCount)
      var span = outputs.mutableSpan
      let jacobian = try model.linearize(at: parameters.span, outputs: &span)
      return try outputs + jacobian.product(direction) + jacobian.transposedProduct(outputs)
    }
  }

  func differences(
    of jacobian: M.Jacobian, tolerance: Scalar, _ findings: inout ConformanceFindings
  ) throws {
    let size = norm(parameters) / Scalar(parameters.count).squareRoot()
    let center = try outputs(at: parameters)
    for number in 0..<3 {
      let direction: [Scalar] = key.with(iteration: number).normalVector(model.parameterCount)
      let product = try jacobian.product(direction)
      let scale = norm(product) + norm(center)
      let coarse = try slopes(along: direction, step: step * max(1, size), center: center)
      let error = distance(product, coarse.central)
      if error <= tolerance * scale { continue }

      // A kink keeps the two one-sided slopes apart as the step shrinks; curvature does not.
      let fine = try slopes(along: direction, step: step * max(1, size) / 16, center: center)
      let hasKink = fine.gap > coarse.gap / 4 && fine.gap > tolerance * scale
      findings.require(
        false,
        "Jv is not the derivative of the outputs along v: central differences deviate by \(error), "
          + "\(error / scale) of the scale"
          + (hasKink
            ? "; one-sided slopes differ by \(fine.gap), so there is a kink at this point: "
              + "choose one away from kinks" : ""))
    }
  }

  private func slopes(
    along direction: [Scalar], step: Scalar, center: [Scalar]
  ) throws -> (central: [Scalar], gap: Scalar) {
    let above = try outputs(at: combination(step, direction, 1, parameters))
    let below = try outputs(at: combination(-step, direction, 1, parameters))
    let central = combination(1 / (2 * step), above, -1 / (2 * step), below)
    let forward = combination(1 / step, above, -1 / step, center)
    let backward = combination(1 / step, center, -1 / step, below)
    return (central, distance(forward, backward))
  }
}
