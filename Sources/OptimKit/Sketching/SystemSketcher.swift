/// A distribution of sketches that depends on the system they are to compress, such as sampling rows by
/// their importance.
///
/// - Implementor must: throw from `makeSketch(rows:columns:key:)`, with a remedy, where the number of
///   columns says too little.
public protocol SystemSketcher: Sketcher {
  /// Draws a matrix of up to `rows` rows and `system.longCount` columns.
  ///
  /// - Throws: ``OptimKitError`` where an option is outside its domain, or the system does not offer what
  ///   the distribution depends on.
  func makeSketch<Scalar: RealScalar>(
    rows: Int, for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Sketch
}
