import OptimKit

extension Sketch {
  /// S, written out.
  ///
  /// - Complexity: That of the sketch of the identity matrix; for tests.
  public func matrix<Scalar: RealScalar>(of type: Scalar.Type = Scalar.self) -> Matrix<Scalar> {
    applied(to: Matrix<Scalar>.identity(columnCount))
  }
}
