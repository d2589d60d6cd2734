/// C, with C Cᵀ the curvature of a loss with respect to the outputs: block diagonal, with one block a sample.
///
/// Storage: one scalar an output where outputs of a sample do not interact, k scalars an output where k do.
public enum CurvatureFactor<Scalar: RealScalar>: Hashable, Sendable {
  /// C = I.
  case identity

  /// The diagonal of C, one element an output.
  case diagonal([Scalar])

  /// Blocks of order k, one below the other, each row-major: k² elements a sample. Their lower triangles hold the
  /// values; elements above the diagonal are not read.
  case blocks(order: Int, elements: [Scalar])

  /// The number of outputs that interact: the order of the blocks, 1 for a diagonal.
  public var outputsPerBlock: Int {
    if case .blocks(let order, _) = self { order } else { 1 }
  }

  /// Whether outputs of a sample interact.
  var hasBlocks: Bool { outputsPerBlock > 1 }

  /// Whether C has the order `count`.
  func fits(_ count: Int) -> Bool {
    switch self {
    case .identity: true
    case .diagonal(let elements): elements.count == count
    case .blocks(let order, let elements):
      order > 0 && count % order == 0 && elements.count == count * order
    }
  }

  /// The same matrix in its cheapest form.
  var simplified: Self {
    switch self {
    case .diagonal(let elements) where Scalar.isConstant(elements.span, 1): .identity
    case .blocks(1, let elements): CurvatureFactor.diagonal(elements).simplified
    default: self
    }
  }
}
