extension DampedSystem {
  /// The system of the same Jacobian and curvature with another damping μ; work is counted on the same ledger.
  public func withDamping(_ damping: Scalar) -> DampedSystem {
    DampedSystem(
      jacobian: jacobian, curvatureFactor: curvatureFactor, damping: damping, ledger: ledger,
      scratch: scratch, sharding: sharding)
  }
}
