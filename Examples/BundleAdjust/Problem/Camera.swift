/// A camera of nine parameters, as Bundle Adjustment in the Large has them: rotation, translation, focal length and two
/// coefficients of radial distortion. It looks along the negative third axis.
struct Camera {
  static let parameterCount = 9

  private let rotation: Rotation
  private let translation: Vector3
  private let focalLength: Double
  private let k1: Double
  private let k2: Double

  init(_ parameters: Span<Double>, at start: Int) {
    func element(_ index: Int) -> Double { parameters[start + index] }
    rotation = Rotation(Vector3(element(0), element(1), element(2)))
    translation = Vector3(element(3), element(4), element(5))
    (focalLength, k1, k2) = (element(6), element(7), element(8))
  }

  /// Where a point is in the picture, in pixels from its center.
  func project(_ point: Vector3) -> (Double, Double) {
    let place = rotation.apply(point) + translation
    let (u, v) = (-place.x / place.z, -place.y / place.z)
    let square = u * u + v * v
    let factor = focalLength * (1 + square * (k1 + k2 * square))
    return (factor * u, factor * v)
  }

  /// The same, and its derivatives: 2 rows of 9 of the camera and 3 of the point, one after the other.
  func linearize(
    _ point: Vector3, into rows: UnsafeMutablePointer<Double>
  ) -> (Double, Double) {
    let place = rotation.apply(point) + translation
    let inverse = -1 / place.z
    let (u, v) = (place.x * inverse, place.y * inverse)
    let square = u * u + v * v
    let distortion = 1 + square * (k1 + k2 * square)
    let slope = 2 * (k1 + 2 * k2 * square)
    for (row, (own, other)) in [(u, v), (v, u)].enumerated() {
      let rows = rows + row * 12
      // With respect to u and v, own one first.
      let byOwn = focalLength * (distortion + slope * own * own)
      let byOther = focalLength * slope * own * other
      let (byU, byV) = row == 0 ? (byOwn, byOther) : (byOther, byOwn)
      let byPlace = inverse * Vector3(byU, byV, byU * u + byV * v)
      let byRotation = rotation.gradient(of: byPlace, at: point)
      let byPoint = rotation.applyTransposed(byPlace)
      for axis in 0..<3 {
        rows[axis] = byRotation[axis]
        rows[3 + axis] = byPlace[axis]
        rows[9 + axis] = byPoint[axis]
      }
      rows[6] = distortion * own
      rows[7] = focalLength * square * own
      rows[8] = focalLength * square * square * own
    }
    let factor = focalLength * distortion
    return (factor * u, factor * v)
  }
}
