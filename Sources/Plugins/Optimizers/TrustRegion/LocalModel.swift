import OptimKit

/// The decomposed model of an objective at one point, and what rounding does to the loss there.
final class LocalModel<Scalar: RealScalar> {
  let decomposed: DecomposedModel<Scalar>
  /// About what rounding of residuals and parameters changes the loss by.
  let noise: Double

  var coordinates: SpectralCoordinates { decomposed.coordinates }

  /// - Parameter previousScale: D of the point before; empty at the first.
  init(
    at point: EvaluatedPoint<Scalar>, of objective: CountedObjective<Scalar>,
    scaling: ParameterScaling, previousScale: [Scalar]
  ) throws {
    let linearization = try point.linearize()
    let parameters = point.parameters.memory
    var rows: LinearizedResiduals<Scalar>? = try LinearizedResiduals(
      linearization, at: parameters.span, of: objective)
    let norms = rows!.columnNorms()
    let residuals = rows!.residuals
    noise = Self.noise(
      linearization, residuals: residuals, columnNorms: norms, parameters: parameters.span)
    let matrix = rows.take()!.matrix
    decomposed = try DecomposedModel(
      matrix, residuals: residuals,
      scale: scaling.diagonal(columnNorms: norms, previous: previousScale),
      columns: Array(norms.indices), ledger: objective.ledger)
  }

  /// Outputs and parameters are rounded, and so is the sum that the loss is.
  private static func noise(
    _ linearization: Linearization<Scalar>, residuals: [Scalar], columnNorms: [Scalar],
    parameters: Span<Scalar>
  ) -> Double {
    let roundoff = Double(Scalar.unitRoundoff)
    var outputs = linearization.outputs
    var span = outputs.mutableSpan
    linearization.curvatureFactor.multiplyTransposed(into: &span)
    var squares = 0.0
    for (index, norm) in columnNorms.enumerated() {
      let change = Double(norm) * Double(parameters[index])
      squares += change * change
    }
    let norm = Double(Scalar.norm(residuals.span))
    let error = roundoff * (Double(Scalar.norm(outputs.span)) + norm + squares.squareRoot())
    let terms = 16 + Double(residuals.count).squareRoot()
    return norm * error + error * error / 2
      + terms * roundoff * abs(Double(linearization.value))
  }
}
