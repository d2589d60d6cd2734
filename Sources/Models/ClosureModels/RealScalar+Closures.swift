import OptimKit

extension RealScalar {
  /// What a function of the user's is handed: the elements as an array.
  static func array(_ elements: Span<Self>) -> [Self] {
    var result = zeros(elements.count)
    var span = result.mutableSpan
    copy(elements, into: &span)
    return result
  }

  /// result ← what a function of the user's has returned.
  ///
  /// - Throws: `OptimKitError` where that is of another size.
  static func store(
    _ values: [Self], _ what: String, into result: inout MutableSpan<Self>
  ) throws {
    try OptimKitError.requireCount(of: what, values, expected: result.count)
    copy(values.span, into: &result)
  }
}
