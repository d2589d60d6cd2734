import OptimKit

/// The decomposed model of an objective at one point, and what rounding does to the loss there.
final class LocalModel<Scalar: RealScalar> {
  let decomposed: DecomposedModel<Scalar>
  /// About what rounding of residuals and parameters changes the loss by.
  let noise: Double
  /// By how much the model can fall: in the space of singular values above rounding, or along a single parameter,
  /// which in badly scaled problems may be more.
  let largestReduction: Double
  /// By how much the model can fall along a single parameter, which unlike the above says nothing of directions along
  /// which the model hardly changes: there it is not to be trusted.
  let reductionAlongParameters: Double
  /// A; empty where there are no bounds.
  let matrix: Matrix<Scalar>
  /// r.
  let residuals: [Scalar]

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
    self.residuals = residuals
    noise = Self.noise(
      linearization, residuals: residuals, columnNorms: norms, parameters: parameters.span)
    let matrix = rows.take()!.matrix
    var columns = Array(norms.indices)
    var gradient = Scalar.zeros(norms.count)
    var span = gradient.mutableSpan
    Scalar.multiply(
      matrix.storage.span, rows: matrix.rowCount, columns: matrix.columnCount, .transposed,
      by: residuals.span, into: &span)
    guard Scalar.firstNonFiniteIndex(in: gradient.span) == nil,
      Scalar.firstNonFiniteIndex(in: norms.span) == nil
    else { throw OptimKitError.nonFiniteDerivatives }
    if let bounds = objective.parameterBounds {
      columns = bounds.freeParameters(at: point.parameters.array, gradient: gradient)
      guard !columns.isEmpty else {
        throw OptimKitError.converged("every parameter is fixed, or held at its bound")
      }
      self.matrix = matrix
    } else {
      self.matrix = Matrix(rowCount: 0, columnCount: 0)
    }
    decomposed = try DecomposedModel(
      matrix, residuals: residuals,
      scale: scaling.diagonal(columnNorms: norms, previous: previousScale), columns: columns,
      ledger: objective.ledger)
    let single = columns.map { norms[$0] > 0 ? Double(gradient[$0] / norms[$0]) : 0 }
    reductionAlongParameters = single.reduce(0) { max($0, $1 * $1 / 2) }
    largestReduction = max(decomposed.coordinates.largestReduction, reductionAlongParameters)
  }

  /// A δ, where there are bounds.
  func image(of step: [Scalar]) -> [Scalar] {
    let matrix = matrix
    var result = Scalar.zeros(residuals.count)
    var span = result.mutableSpan
    Scalar.multiply(
      matrix.storage.span, rows: matrix.rowCount, columns: matrix.columnCount, by: step.span,
      into: &span)
    return result
  }

  /// r + A δ, where there are bounds.
  func residuals(after step: [Scalar]) -> [Scalar] {
    let residuals = residuals
    var result = image(of: step)
    var span = result.mutableSpan
    Scalar.add(1, residuals.span, to: &span)
    return result
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
