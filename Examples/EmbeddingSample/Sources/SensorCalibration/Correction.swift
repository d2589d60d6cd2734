/// What turns a reading of the sensor into the field: A (m − b).
public struct Correction: Hashable, Sendable, Codable {
  /// b, the reading where there is no field.
  public var offset: SIMD3<Double>
  /// A, the inverse of the sensor's distortion.
  public var matrix: SymmetricMatrix

  /// Creates a correction from its parts.
  public init(offset: SIMD3<Double>, matrix: SymmetricMatrix) {
    self.offset = offset
    self.matrix = matrix
  }

  /// The field that a reading stands for.
  public func apply(to reading: SIMD3<Double>) -> SIMD3<Double> { matrix * (reading - offset) }
}
