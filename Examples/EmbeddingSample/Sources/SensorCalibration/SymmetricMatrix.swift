/// A symmetric matrix of order 3.
public struct SymmetricMatrix: Hashable, Sendable, Codable {
  /// xx, yy, zz.
  public var diagonal: SIMD3<Double>
  /// yz, xz, xy.
  public var offDiagonal: SIMD3<Double>

  /// Creates a matrix from its elements.
  public init(diagonal: SIMD3<Double>, offDiagonal: SIMD3<Double> = .zero) {
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
  }

  /// The product with a vector.
  public static func * (matrix: Self, x: SIMD3<Double>) -> SIMD3<Double> {
    let (d, o) = (matrix.diagonal, matrix.offDiagonal)
    return [
      d.x * x.x + o.z * x.y + o.y * x.z,
      o.z * x.x + d.y * x.y + o.x * x.z,
      o.y * x.x + o.x * x.y + d.z * x.z,
    ]
  }
}
