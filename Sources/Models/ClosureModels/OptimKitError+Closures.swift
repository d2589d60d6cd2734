import OptimKit

extension OptimKitError {
  /// A function of the user's has returned something of another size.
  static func wrongCount(of what: String, _ count: Int, expected: Int) -> OptimKitError {
    OptimKitError(
      .dimensionMismatch, cause: "the function returned \(count) \(what), not \(expected)",
      remedy: "return as many as the model was made for, at all parameters")
  }

  /// Throws where `values` are not as many as they should be.
  static func requireCount<Scalar>(
    of what: String, _ values: [Scalar], expected: Int
  ) throws {
    guard values.count == expected else {
      throw wrongCount(of: what, values.count, expected: expected)
    }
  }
}
