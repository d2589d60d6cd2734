extension Matrix {
  /// Throws where an element is NaN or infinite.
  ///
  /// - Parameter purpose: What the matrix is to be, for the error, such as "factored".
  /// - Throws: ``OptimKitError`` of kind `nonFiniteValue`.
  package func requireFinite(toBe purpose: String) throws {
    guard Scalar.firstNonFiniteIndex(in: storage.span) != nil else { return }
    throw OptimKitError(
      .nonFiniteValue, cause: "a matrix to be \(purpose) holds NaN or infinity",
      remedy: "check what the model returns at this point")
  }
}
