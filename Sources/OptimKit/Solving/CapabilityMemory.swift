/// Which capabilities the Jacobians of a run were found to lack.
///
/// Whether a Jacobian conforms to a protocol depends on its type alone, and asking takes longer than a product of a
/// tiny system: what one of a type has not, the next is not asked for.
struct CapabilityMemory {
  private var type: ObjectIdentifier?
  private var missing: JacobianCapabilities = []

  /// The Jacobian as something that has the capability; nil where it has not.
  mutating func find<Scalar: RealScalar, Capability>(
    _ capability: JacobianCapabilities, of jacobian: any JacobianProvider<Scalar>
  ) -> Capability? {
    let type = ObjectIdentifier(Swift.type(of: jacobian))
    if type != self.type {
      self.type = type
      missing = []
    }
    guard !missing.contains(capability) else { return nil }
    let found = jacobian as? Capability
    if found == nil { missing.insert(capability) }
    return found
  }
}
