import OptimKit

/// What is wrong with a loss on given outputs and targets, in words; empty where nothing was found.
///
/// Checks that `linearize` and `value` agree exactly; that the total is the sum over samples,
/// weights included, and a weight of 0 silences its sample; the gradient against central
/// differences of the value; C Cᵀ against central differences of the gradient; and, where the loss
/// calls itself convex, that its gradient is monotone.
///
/// Choose outputs away from kinks of the loss, or of its gradient, by more than h = ∛u · max(1,
/// |f|) for the unit roundoff u: the step of the differences.
///
/// - Parameters:
///   - loss: The loss.
///   - outputs: f, ordered by sample.
///   - targets: y, one per output, in the domain of the loss.
///   - outputsPerSample: k; 1 by default.
///   - hasExactCurvature: Whether C Cᵀ is the second derivative. Pass false for a loss whose C
///     stands in for it; then C is only checked to be finite and not negative.
///   - differenceTolerance: The largest relative error of a difference; 100 u^⅔ by default.
///   - key: The source of weights and directions.
/// - Complexity: O(n²) for n outputs.
public func conformanceIssues<Scalar: RealScalar>(
  of loss: some Loss, outputs: [Scalar], targets: [Scalar], outputsPerSample: Int = 1,
  hasExactCurvature: Bool = true, differenceTolerance: Scalar? = nil,
  key: RandomKey = RandomKey(seed: 0, purpose: "conformance of a loss")
) -> [String] {
  var findings = ConformanceFindings()
  let step = Scalar.cubeRootOfRoundoff
  let check = LossCheck(
    loss: loss, outputs: outputs, targets: targets, outputsPerSample: outputsPerSample, step: step,
    tolerance: differenceTolerance ?? 100 * step * step, key: key)
  findings.attempt("validating the targets") { _ in
    try loss.validate(targets: targets.span, outputsPerSample: outputsPerSample)
  }
  check.sums(&findings)
  check.derivatives(hasExactCurvature: hasExactCurvature, &findings)
  if loss.isConvex { check.monotonicity(&findings) }
  return findings.issues
}

private struct LossCheck<L: Loss, Scalar: RealScalar> {
  let loss: L
  let outputs: [Scalar]
  let targets: [Scalar]
  let outputsPerSample: Int
  let step: Scalar
  let tolerance: Scalar
  let key: RandomKey

  var sampleCount: Int { outputs.count / outputsPerSample }

  /// Weights from ½ to 1½.
  var weights: [Scalar] { filled(sampleCount) { key.fillUniform(&$0, in: 0.5..<1.5) } }

  func value(_ outputs: [Scalar], _ weights: [Scalar]) -> Scalar {
    loss.value(
      outputs: outputs.span, targets: targets.span, weights: weights.span,
      outputsPerSample: outputsPerSample)
  }

  func linearization(
    _ outputs: [Scalar], _ weights: [Scalar]
  ) -> (value: Scalar, gradient: [Scalar], factor: [Scalar]) {
    var gradient = [Scalar](repeating: .nan, count: outputs.count)
    var factor = [Scalar](repeating: .nan, count: outputs.count * order)
    var gradientSpan = gradient.mutableSpan
    var factorSpan = factor.mutableSpan
    let value = loss.linearize(
      outputs: outputs.span, targets: targets.span, weights: weights.span,
      outputsPerSample: outputsPerSample, gradient: &gradientSpan, curvatureFactor: &factorSpan)
    // Above the diagonals of blocks there may be anything.
    for row in outputs.indices {
      for column in row % order + 1..<max(order, row % order + 1) {
        factor[row * order + column] = 0
      }
    }
    return (value, gradient, factor)
  }

  /// The order of the blocks of C.
  var order: Int { loss.hasBlockCurvature ? outputsPerSample : 1 }

  /// Element (row, column) of C Cᵀ, both numbers of outputs of one sample.
  func curvature(_ factor: [Scalar], _ row: Int, _ column: Int) -> Scalar {
    guard order > 1 else { return row == column ? factor[row] * factor[row] : 0 }
    return (0..<order).reduce(0) { $0 + factor[row * order + $1] * factor[column * order + $1] }
  }

  /// All weights 0 but that of `sample`: what is left is the loss of one sample, without the
  /// rounding of a sum over all.
  func isolated(_ sample: Int) -> [Scalar] {
    var result = Scalar.zeros(sampleCount)
    result[sample] = weights[sample]
    return result
  }

  func sums(_ findings: inout ConformanceFindings) {
    let all = linearization(outputs, weights)
    findings.requireSameBits(
      [all.value], [value(outputs, weights)], "linearize and value do not return the same value")
    findings.require(
      (all.gradient + all.factor).allSatisfy(\.isFinite),
      "linearize leaves NaN or infinity in the gradient or the curvature factor")
    findings.require(
      outputs.indices.allSatisfy { all.factor[$0 * order + $0 % order] >= 0 },
      "a diagonal element of the curvature factor is negative")

    let rounding = 8 * Scalar(outputs.count) * Scalar.unitRoundoff
    var sum = Scalar(0)
    var magnitude = Scalar(0)
    for sample in 0..<sampleCount {
      let one = linearization(outputs, isolated(sample))
      sum += one.value
      magnitude += abs(one.value)
      let own = sample * outputsPerSample..<(sample + 1) * outputsPerSample
      let ownFactors = own.lowerBound * order..<own.upperBound * order
      for (name, part, whole, own) in [
        ("gradient", one.gradient, all.gradient, own),
        ("curvature factor", one.factor, all.factor, ownFactors),
      ] {
        findings.require(
          part.indices.allSatisfy { own.contains($0) || part[$0] == 0 },
          "the \(name) of a sample of weight 0 is not 0")
        findings.requireClose(
          Array(part[own]), Array(whole[own]), scale: norm(Array(whole[own])), tolerance: rounding,
          "the \(name) of sample \(sample) depends on other samples")
      }
    }
    findings.requireClose(
      [all.value], [sum], scale: magnitude, tolerance: rounding,
      "the value is not the weighted sum over samples")
  }

  func derivatives(hasExactCurvature: Bool, _ findings: inout ConformanceFindings) {
    for index in outputs.indices {
      let sample = index / outputsPerSample
      let weights = isolated(sample)
      let here = linearization(outputs, weights)
      let h = step * max(1, abs(outputs[index]))
      var above = outputs
      var below = outputs
      above[index] += h
      below[index] -= h
      // The step as rounded.
      let width = above[index] - below[index]

      let slope = (value(above, weights) - value(below, weights)) / width
      let slopeScale = abs(here.gradient[index]) + abs(here.value) + weights[sample]
      findings.require(
        abs(slope - here.gradient[index]) <= tolerance * slopeScale,
        "the gradient at output \(index) is \(here.gradient[index]), differences give \(slope)")

      guard hasExactCurvature else { continue }
      let ahead = linearization(above, weights).gradient
      let behind = linearization(below, weights).gradient
      for other in sample * outputsPerSample..<(sample + 1) * outputsPerSample {
        let expected = curvature(here.factor, index, other)
        let difference = (ahead[other] - behind[other]) / width
        let scale =
          curvature(here.factor, index, index) + abs(here.gradient[other]) + weights[sample]
        findings.require(
          abs(difference - expected) <= tolerance * scale,
          "C Cᵀ at outputs \(index), \(other) is \(expected), differences give \(difference)")
      }
    }
  }

  func monotonicity(_ findings: inout ConformanceFindings) {
    let here = linearization(outputs, weights).gradient
    for number in 0..<8 {
      let direction: [Scalar] = key.with(iteration: number).normalVector(outputs.count)
      let there = linearization(combination(1, direction, 1, outputs), weights).gradient
      let change = combination(1, there, -1, here)
      let slope = Scalar.dot(change.span, direction.span)
      findings.require(
        slope >= -8 * Scalar(outputs.count) * Scalar.unitRoundoff * norm(change) * norm(direction),
        "the loss calls itself convex, but its gradient falls by \(slope) along a direction")
    }
  }
}
