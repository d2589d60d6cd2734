import OptimKit

/// Readings of a sensor whose errors are known, while it is turned about all axes.
public struct SimulatedSensor: Sendable {
  /// What a calibration should find.
  public let correction: Correction
  /// The strength of the field.
  public let fieldStrength: Double
  /// The standard deviation of the noise of each component.
  public let noise: Double

  /// Creates a sensor; by default one in the field of the Earth in central Europe, in microtesla.
  public init(fieldStrength: Double = 48.5, noise: Double = 0.1) {
    self.fieldStrength = fieldStrength
    self.noise = noise
    correction = Correction(
      offset: [12, -7.5, 31],
      matrix: SymmetricMatrix(diagonal: [1.05, 0.93, 1.01], offDiagonal: [0.02, -0.04, 0.03]))
  }

  /// Readings one after the other: the direction of the field wanders over the sphere.
  public func readings(_ count: Int, seed: UInt64) -> [SIMD3<Double>] {
    var stream = RandomKey(seed: seed, purpose: .data).stream()
    func normal() -> SIMD3<Double> { [stream.normal(), stream.normal(), stream.normal()] }
    var direction = normal()
    return (0..<count).map { _ in
      direction += 0.3 * normal()
      direction /= length(direction)
      let undistorted = inverse(times: fieldStrength * direction)
      return undistorted + correction.offset + noise * normal()
    }
  }

  /// A⁻¹ x, by Cramer's rule.
  private func inverse(times x: SIMD3<Double>) -> SIMD3<Double> {
    let a = correction.matrix * [1, 0, 0]
    let b = correction.matrix * [0, 1, 0]
    let c = correction.matrix * [0, 0, 1]
    let determinant = (a * cross(b, c)).sum()
    return [
      (x * cross(b, c)).sum(), (a * cross(x, c)).sum(), (a * cross(b, x)).sum(),
    ] / determinant
  }

  private func cross(_ x: SIMD3<Double>, _ y: SIMD3<Double>) -> SIMD3<Double> {
    [x.y * y.z - x.z * y.y, x.z * y.x - x.x * y.z, x.x * y.y - x.y * y.x]
  }
}
