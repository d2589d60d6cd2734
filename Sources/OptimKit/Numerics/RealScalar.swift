/// A floating-point type that OptimKit computes with: `Float` or `Double`.
///
/// Its static functions are the seam to BLAS and LAPACK: whole vectors and matrices at a time, so that
/// generic code above them costs nothing per element. Vectors are spans; matrices are row-major.
///
/// - Caller must: pass vectors and matrices of matching sizes; a mismatch is a programming error and
///   stops the program. Sizes that come from a user are checked earlier, where an error can be thrown.
/// - Implementor must: not conform other types; the routine table can only be made by OptimKit.
public protocol RealScalar: BinaryFloatingPoint, Codable, Sendable {
  /// The BLAS and LAPACK entry points of this type.
  static var routines: ScalarRoutines<Self> { get }

  /// The NumPy-style name, "float32" or "float64", used in files and reports.
  static var typeName: String { get }

  /// The unit roundoff: half the distance from 1 to the next larger number.
  static var unitRoundoff: Self { get }
}

extension RealScalar {
  /// "float32" or "float64".
  public static var typeName: String { "float\(MemoryLayout<Self>.size * 8)" }

  /// Half the distance from 1 to the next larger number.
  public static var unitRoundoff: Self { ulpOfOne / 2 }
}
