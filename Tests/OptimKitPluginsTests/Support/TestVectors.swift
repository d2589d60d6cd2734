import OptimKit

/// A vector of standard normal numbers.
func normalVector<Scalar: RealScalar>(_ count: Int, seed: UInt64) -> [Scalar] {
  var vector = [Scalar](repeating: 0, count: count)
  var span = vector.mutableSpan
  RandomKey(seed: seed, purpose: "test vectors").fillNormal(&span)
  return vector
}
