/// A strategy whose preconditioners hand on their memory: it makes the first one as it makes the others.
///
/// - Implementor must: provide the method with `old`.
public protocol MemoryReusingStrategy: PreconditionerStrategy {}

extension MemoryReusingStrategy {
  /// Makes a preconditioner in new memory.
  ///
  /// - Throws: What the method with `old` throws.
  public func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Preconditioner<Scalar> {
    try makePreconditioner(for: system, key: key, reusing: nil)
  }
}
