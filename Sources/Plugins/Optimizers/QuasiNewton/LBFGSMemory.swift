import OptimKit

/// The last steps s and changes of the gradient y, oldest first, and the inverse Hessian that they stand for.
struct LBFGSMemory<Scalar: RealScalar> {
  private var pairs: [Pair] = []
  private let capacity: Int

  private struct Pair {
    let step: [Scalar]
    let change: [Scalar]
    /// sᵀy.
    var product: Scalar
  }

  init(capacity: Int) { self.capacity = capacity }

  var isEmpty: Bool { pairs.isEmpty }

  mutating func removeAll() { pairs.removeAll() }

  /// All s and y in turn, oldest first.
  ///
  /// - Complexity: O(m): pairs never change, and are shared.
  var vectors: [[Scalar]] { pairs.flatMap { [$0.step, $0.change] } }

  /// Holds the pairs that `vectors` gave.
  mutating func restore(_ vectors: [[Scalar]], in objective: CountedObjective<Scalar>) throws {
    pairs = try stride(from: 0, to: vectors.count - 1, by: 2).map { i in
      let (step, change) = (vectors[i], vectors[i + 1])
      return Pair(step: step, change: change, product: try objective.dot(step.span, change.span))
    }
  }

  /// Takes the pair in, in place of the oldest where the memory is full; not where sᵀy is not positive to rounding,
  /// since H would lose its positive definiteness.
  mutating func append(
    from point: EvaluatedPoint<Scalar>, to next: EvaluatedPoint<Scalar>
  ) throws {
    if pairs.count == capacity { pairs.removeFirst() }
    let step = next.parameters.difference(to: point.parameters)
    let change = try next.gradient().difference(to: point.gradient())
    let objective = point.objective
    let product = try objective.dot(step.span, change.span)
    let size = try objective.norm(step.span) * objective.norm(change.span)
    guard product > Scalar.ulpOfOne * size else {
      return
    }
    pairs.append(Pair(step: step, change: change, product: product))
  }

  /// v ← H v by the two-loop recursion, from H₀ = (sᵀy / yᵀy) I of the last pair.
  ///
  /// - Complexity: O(m p).
  func applyInverseHessian(
    to v: AlignedBuffer<Scalar>, in objective: CountedObjective<Scalar>
  ) throws {
    guard let last = pairs.last else { return }
    var coefficients = [Scalar](repeating: 0, count: pairs.count)
    for i in pairs.indices.reversed() {
      coefficients[i] = try v.dot(pairs[i].step, in: objective) / pairs[i].product
      v.add(-coefficients[i], pairs[i].change)
    }
    v.scale(by: last.product / (try objective.dot(last.change.span, last.change.span)))
    for i in pairs.indices {
      let coefficient = try v.dot(pairs[i].change, in: objective) / pairs[i].product
      v.add(coefficients[i] - coefficient, pairs[i].step)
    }
  }
}
