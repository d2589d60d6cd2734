import OptimKit

extension DampedSystem {
  /// What `factor` makes of a sketch of `oversampling` rows per column, or of one of twice as many where the
  /// first is singular. A larger one is tried once: a singular system stays singular at every size.
  ///
  /// - Parameters:
  ///   - fallbacks: What did not work, in words.
  ///   - factor: Factors a sketch of this system; throws an error of kind `singularSystem` where that is
  ///     singular. In a second attempt, what is singular but for rounding in one sketch must be clearly regular.
  /// - Throws: The last error of `factor`.
  func withSketch<Result>(
    from sketcher: any Sketcher, oversampling: Double, key: RandomKey, fallbacks: inout [String],
    _ factor: (_ sketch: any Sketch, _ isRetry: Bool, _ fallbacks: inout [String]) throws -> Result
  ) throws -> Result {
    let wanted = try sketchSize(oversampling: oversampling)
    let sketch = try makeSketch(from: sketcher, rows: wanted, key: key)
    let canRetry =
      sketch.rowCount == wanted && 2 * wanted < wholeLongCount
      && 2 * wanted * shortCount < Int(Int32.max)
    do {
      return try factor(sketch, false, &fallbacks)
    } catch let error as OptimKitError where error.kind == .singularSystem && canRetry {
      fallbacks.append("the sketch of \(wanted) rows is singular: drew one of twice as many")
    }
    return try factor(
      makeSketch(from: sketcher, rows: 2 * wanted, key: key), true, &fallbacks)
  }
}
