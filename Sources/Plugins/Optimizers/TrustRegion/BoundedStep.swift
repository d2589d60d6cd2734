import OptimKit

/// A step that stays in a box: it goes along the step of the free parameters up to the first bound, where that
/// parameter is fixed, then along the step of the others, and so on.
///
/// Each leg leads towards lower values of a convex model, so that the whole step reduces it.
///
/// Cost: a decomposition for each bound that is reached.
struct BoundedStep<Scalar: RealScalar> {
  /// δ.
  private(set) var step: [Scalar]
  /// By how much the model falls.
  let predicted: Double
  /// The derivative of the model along δ.
  let slope: Double
  /// ‖Dδ‖.
  let norm: Double

  /// - Parameters:
  ///   - first: δ without regard to bounds.
  ///   - propose: The step of a model of fewer parameters, after one of the given norm ‖Dδ‖.
  init(
    _ first: [Scalar], from parameters: [Scalar], in bounds: ParameterBounds<Scalar>,
    _ model: LocalModel<Scalar>, ledger: RunLedger,
    _ propose: (SpectralCoordinates, Double) -> [Double]
  ) throws {
    let scale = model.decomposed.scale
    var step = [Scalar](repeating: 0, count: parameters.count)
    var columns = model.decomposed.columns
    var leg = first
    while true {
      let (length, blocked) = Self.reach(leg, columns, from: parameters, step, in: bounds)
      for i in columns { step[i] += length * leg[i] }
      for (i, end) in blocked { step[i] = end - parameters[i] }
      let hit = Set(blocked.map(\.0))
      columns.removeAll { hit.contains($0) }
      guard !hit.isEmpty, !columns.isEmpty else { break }
      let next = try DecomposedModel(
        model.matrix, residuals: model.residuals(after: step), scale: scale, columns: columns,
        ledger: ledger)
      leg = next.step(propose(next.coordinates, Self.norm(step, scale)))
    }
    let change = model.image(of: step)
    let residuals = model.residuals
    slope = Double(Scalar.dot(change.span, residuals.span))
    predicted = -slope - Double(Scalar.dot(change.span, change.span)) / 2
    norm = Self.norm(step, scale)
    self.step = step
  }

  /// How far a leg leads, at most 1, and the bounds that it ends at.
  private static func reach(
    _ leg: [Scalar], _ columns: [Int], from parameters: [Scalar], _ step: [Scalar],
    in bounds: ParameterBounds<Scalar>
  ) -> (Scalar, [(Int, Scalar)]) {
    var length = Scalar(1)
    var blocked: [(Int, Scalar)] = []
    for i in columns where leg[i] != 0 {
      let end = leg[i] > 0 ? bounds.upper[i] : bounds.lower[i]
      let reach = max(0, (end - parameters[i] - step[i]) / leg[i])
      if reach < length {
        length = reach
        blocked = [(i, end)]
      } else if reach == length, reach < 1 {
        blocked.append((i, end))
      }
    }
    return (length, blocked)
  }

  private static func norm(_ step: [Scalar], _ scale: [Scalar]) -> Double {
    zip(step, scale).reduce(0) { $0 + Double($1.0 * $1.1) * Double($1.0 * $1.1) }.squareRoot()
  }
}

extension ParameterBounds {
  /// The parameters that can move along the negative gradient.
  func freeParameters(at parameters: [Scalar], gradient: [Scalar]) -> [Int] {
    var result: [Int] = []
    for i in 0..<count where lower[i] < upper[i] {
      let isHeldBelow = parameters[i] <= lower[i] && gradient[i] >= 0
      let isHeldAbove = parameters[i] >= upper[i] && gradient[i] <= 0
      if !isHeldBelow && !isHeldAbove { result.append(i) }
    }
    return result
  }
}
