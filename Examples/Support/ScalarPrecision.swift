import OptimKit

/// The precision of an example's computation, as `--scalar` takes it.
package enum ScalarPrecision: String, CaseIterable, Sendable {
  /// 64 bits.
  case double
  /// 32 bits.
  case float

  /// The scalar type.
  package var type: any RealScalar.Type {
    switch self {
    case .double: Double.self
    case .float: Float.self
    }
  }

  /// The precision of a scalar type.
  package init<Scalar: RealScalar>(_: Scalar.Type) {
    self = Scalar.self == Float.self ? .float : .double
  }
}
