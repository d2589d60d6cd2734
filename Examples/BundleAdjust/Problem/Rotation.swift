import Foundation

typealias Vector3 = SIMD3<Double>

/// A rotation by ‖ω‖ around ω, and its derivative with respect to ω.
struct Rotation {
  /// The rows of R.
  let rows: (Vector3, Vector3, Vector3)
  private let vector: Vector3
  private let square: Double

  init(_ vector: Vector3) {
    self.vector = vector
    square = (vector * vector).sum()
    let angle = square.squareRoot()
    // Rodrigues; series where the angle is lost in rounding.
    let a = angle > 1e-8 ? sin(angle) / angle : 1
    let b = angle > 1e-8 ? (1 - cos(angle)) / square : 0.5
    let w = vector
    rows = (
      Vector3(
        1 - b * (w.y * w.y + w.z * w.z), b * w.x * w.y - a * w.z, b * w.x * w.z + a * w.y),
      Vector3(
        b * w.x * w.y + a * w.z, 1 - b * (w.x * w.x + w.z * w.z), b * w.y * w.z - a * w.x),
      Vector3(
        b * w.x * w.z - a * w.y, b * w.y * w.z + a * w.x, 1 - b * (w.x * w.x + w.y * w.y))
    )
  }

  /// R x.
  func apply(_ x: Vector3) -> Vector3 {
    Vector3((rows.0 * x).sum(), (rows.1 * x).sum(), (rows.2 * x).sum())
  }

  /// Rᵀ x.
  func applyTransposed(_ x: Vector3) -> Vector3 {
    rows.0 * x.x + rows.1 * x.y + rows.2 * x.z
  }

  /// The gradient with respect to ω of gᵀR x (Gallego and Yezzi, A compact formula for the derivative of a 3-D rotation in
  /// exponential coordinates, 2015).
  func gradient(of g: Vector3, at x: Vector3) -> Vector3 {
    // gᵀ(−R [x]×) = (x × Rᵀg)ᵀ.
    let row = cross(x, applyTransposed(g))
    guard square > 1e-16 else { return row }
    // rowᵀ (ωωᵀ + (Rᵀ − I)[ω]×) / ‖ω‖².
    let turned = apply(row) - row
    return ((row * vector).sum() * vector + cross(turned, vector)) / square
  }
}

/// a × b.
func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
  Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
