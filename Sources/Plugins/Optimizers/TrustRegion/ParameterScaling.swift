import OptimKit

/// D, in whose norm ‖Dδ‖ the length of a step is measured.
///
/// With a scaling by the Jacobian, steps do not depend on the units of the parameters.
public enum ParameterScaling: Hashable, Sendable, Codable {
  /// D = I.
  case none
  /// The largest norms so far of the Jacobian's columns, as in MINPACK (Moré 1978); 1 where a column has been zero.
  case jacobian
  /// The norms of the Jacobian's columns at each point (Marquardt 1963); 1 where a column is zero.
  case marquardt
  /// 1 / sizes: what is a typical size of each parameter.
  case typicalSizes([Double])

  /// Throws where a size is not positive.
  func validate() throws {
    guard case .typicalSizes(let sizes) = self else { return }
    for size in sizes { try requirePositive(size, "typical size of a parameter") }
  }

  /// Throws where sizes are those of another number of parameters.
  func requireCount(_ count: Int) throws {
    guard case .typicalSizes(let sizes) = self, sizes.count != count else { return }
    throw OptimKitError(
      .dimensionMismatch, cause: "\(sizes.count) typical sizes for \(count) parameters",
      remedy: "pass one size per parameter")
  }

  /// The diagonal of D at a point whose Jacobian has columns of the given norms.
  ///
  /// - Parameter previous: That of the point before; empty at the first.
  func diagonal<Scalar: RealScalar>(columnNorms: [Scalar], previous: [Scalar]) -> [Scalar] {
    switch self {
    case .none: return [Scalar](repeating: 1, count: columnNorms.count)
    case .typicalSizes(let sizes): return sizes.map { 1 / Scalar($0) }
    case .marquardt: return columnNorms.map { $0 > 0 ? $0 : 1 }
    case .jacobian:
      guard !previous.isEmpty else { return columnNorms.map { $0 > 0 ? $0 : 1 } }
      return columnNorms.indices.map { max(columnNorms[$0], previous[$0]) }
    }
  }
}

extension ParameterScaling {
  /// For reports.
  var details: String {
    switch self {
    case .none: "not scaled"
    case .jacobian: "scaled by the largest column norms"
    case .marquardt: "scaled by column norms"
    case .typicalSizes: "scaled by typical sizes"
    }
  }
}
