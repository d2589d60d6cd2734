import OptimKit

/// The last steps s and changes of the gradient y, oldest first, and the inverse Hessian that they stand for.
struct LBFGSMemory<Scalar: RealScalar> {
  private var pairs: [Pair] = []
  private let capacity: Int

  private struct Pair {
    let step: AlignedBuffer<Scalar>
    let change: AlignedBuffer<Scalar>
    /// sᵀy.
    var product: Scalar
  }

  init(capacity: Int) { self.capacity = capacity }

  var isEmpty: Bool { pairs.isEmpty }

  mutating func removeAll() { pairs.removeAll() }

  /// All s and y in turn, oldest first.
  var vectors: [[Scalar]] { pairs.flatMap { [$0.step.array, $0.change.array] } }

  /// Holds the pairs that `vectors` gave.
  mutating func restore(_ vectors: [[Scalar]]) {
    pairs = stride(from: 0, to: vectors.count - 1, by: 2).map { i in
      let (step, change) = (AlignedBuffer(vectors[i]), AlignedBuffer(vectors[i + 1]))
      return Pair(step: step, change: change, product: step.dot(change))
    }
  }

  /// Takes the pair in, in place of the oldest where the memory is full; not where sᵀy is not positive to rounding,
  /// since H would lose its positive definiteness.
  mutating func append(
    from point: EvaluatedPoint<Scalar>, to next: EvaluatedPoint<Scalar>
  ) throws {
    let count = point.parameters.count
    let isFull = pairs.count == capacity
    let recycled = isFull ? pairs[0] : nil
    let step = recycled?.step ?? AlignedBuffer(count: count)
    let change = recycled?.change ?? AlignedBuffer(count: count)
    if isFull { pairs.removeFirst() }
    step.copy(next.parameters)
    step.add(-1, point.parameters)
    change.copy(try next.gradient())
    change.add(-1, try point.gradient())
    let product = step.dot(change)
    guard product > Scalar.ulpOfOne * step.norm * change.norm else { return }
    pairs.append(Pair(step: step, change: change, product: product))
  }

  /// v ← H v by the two-loop recursion, from H₀ = (sᵀy / yᵀy) I of the last pair.
  ///
  /// - Complexity: O(m p).
  func applyInverseHessian(to v: AlignedBuffer<Scalar>) {
    guard let last = pairs.last else { return }
    var coefficients = [Scalar](repeating: 0, count: pairs.count)
    for i in pairs.indices.reversed() {
      coefficients[i] = pairs[i].step.dot(v) / pairs[i].product
      v.add(-coefficients[i], pairs[i].change)
    }
    v.scale(by: last.product / last.change.dot(last.change))
    for i in pairs.indices {
      let coefficient = pairs[i].change.dot(v) / pairs[i].product
      v.add(coefficients[i] - coefficient, pairs[i].step)
    }
  }
}
