import OptimKit

/// Compares every entry of a model's Jacobian, as J v and as Jᵀu give it, with differences of the outputs.
///
///     let report = try checkDerivatives(of: model, at: start)
///     #expect(report.isCorrect, "\(report)")
///
/// Differences are central, extrapolated to steps of zero from two steps (Richardson): h = ⁵√u · size and h / 2, for
/// the unit roundoff u. An entry is wrong where it is farther from the extrapolated derivative than the tolerance and
/// what the two steps and rounding leave open. Choose a point without kinks.
///
/// - Parameters:
///   - model: The model, on a small set of samples.
///   - parameters: The point θ; not the solution, where mistakes may hide.
///   - typicalSizes: A size for each parameter, of which the steps are a part; |θ| by default, and 1 where θ is 0.
///   - tolerance: The largest error relative to the derivative; 1e-5 for `Double` and 1e-2 for `Float` by default.
/// - Complexity: 4p evaluations, a linearization, p products with J and n with Jᵀ.
/// - Throws: `OptimKitError` where sizes do not match, or outputs are not finite at θ; what the model throws.
public func checkDerivatives<M: Model>(
  of model: M, at parameters: [M.Scalar], typicalSizes: [M.Scalar]? = nil,
  tolerance: M.Scalar? = nil
) throws -> DerivativeReport<M.Scalar> {
  typealias Scalar = M.Scalar
  let (rows, columns) = (model.outputCount, model.parameterCount)
  for (what, count) in [
    ("parameters", parameters.count), ("sizes", typicalSizes?.count ?? columns),
  ] {
    guard count == columns else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(count) \(what) for a model of \(columns) parameters",
        remedy: "pass one per parameter")
    }
  }
  var outputs = [Scalar](repeating: .nan, count: rows)
  var span = outputs.mutableSpan
  let jacobian = try model.linearize(at: parameters.span, outputs: &span)
  if let index = Scalar.firstNonFiniteIndex(in: outputs.span) {
    throw OptimKitError(
      .nonFiniteValue, cause: "output \(index) is \(outputs[index])",
      remedy: "check derivatives where the model is defined")
  }
  guard jacobian.rowCount == rows, jacobian.columnCount == columns else {
    throw OptimKitError(
      .dimensionMismatch,
      cause: "a Jacobian of \(jacobian.rowCount) × \(jacobian.columnCount) for \(rows) outputs and "
        + "\(columns) parameters",
      remedy: "give it a row for each output and a column for each parameter")
  }
  let transposed = try (0..<rows).map { try jacobian.transposedProduct(unitVector($0, of: rows)) }
  let tolerance = tolerance ?? (Scalar.unitRoundoff < 1e-12 ? 1e-5 : 1e-2)

  var wrong: [DerivativeReport<Scalar>.Entry] = []
  var unchecked: [(output: Int, parameter: Int)] = []
  for column in 0..<columns {
    let forward = try jacobian.product(unitVector(column, of: columns))
    let size = typicalSizes?[column] ?? abs(parameters[column])
    let slopes = try ExtrapolatedSlopes(
      of: model, at: parameters, column, size: size > 0 ? size : 1)
    let rounding = 32 * Scalar.unitRoundoff * forward.reduce(0) { max($0, abs($1)) }
    for row in 0..<rows {
      let (expected, uncertainty) = (slopes.values[row], slopes.uncertainties[row])
      guard expected.isFinite, uncertainty.isFinite else {
        unchecked.append((row, column))
        continue
      }
      for (product, value) in [
        (DerivativeReport<Scalar>.Entry.Product.forward, forward[row]),
        (.transposed, transposed[row][column]),
      ] {
        let entry = DerivativeReport.Entry(
          output: row, parameter: column, product: product, value: value, expected: expected,
          uncertainty: uncertainty)
        if !(entry.error <= tolerance * max(abs(value), abs(expected)) + uncertainty + rounding) {
          wrong.append(entry)
        }
      }
    }
  }
  wrong.sort { $0.relativeError > $1.relativeError }
  return DerivativeReport(
    wrongEntries: wrong, uncheckedEntries: unchecked, entryCount: rows * columns)
}

/// The derivatives of all outputs by one parameter, from central differences of two steps.
private struct ExtrapolatedSlopes<Scalar: RealScalar> {
  var values: [Scalar] = []
  var uncertainties: [Scalar] = []

  init<M: Model>(
    of model: M, at parameters: [Scalar], _ column: Int, size: Scalar
  ) throws where M.Scalar == Scalar {
    func outputs(_ offset: Scalar) throws -> (outputs: [Scalar], parameter: Scalar) {
      var moved = parameters
      moved[column] += offset
      let outputs = try filled(model.outputCount) {
        try model.evaluate(at: moved.span, into: &$0)
      }
      return (outputs, moved[column])
    }
    // u^(1/5) of Double and of Float: what is left of the curvature and of rounding is of about the same size.
    let step = size * (Scalar.unitRoundoff < 1e-12 ? 6e-4 : 3e-2)
    let (above, below) = (try outputs(step), try outputs(-step))
    let (near, nearBelow) = (try outputs(step / 2), try outputs(-step / 2))
    for i in 0..<model.outputCount {
      let coarse =
        (above.outputs[i] - below.outputs[i]) / (above.parameter - below.parameter)
      let fine =
        (near.outputs[i] - nearBelow.outputs[i]) / (near.parameter - nearBelow.parameter)
      let magnitude = max(abs(near.outputs[i]), abs(nearBelow.outputs[i]))
      values.append((4 * fine - coarse) / 3)
      uncertainties.append(abs(fine - coarse) + 32 * Scalar.unitRoundoff * magnitude / step)
    }
  }
}
