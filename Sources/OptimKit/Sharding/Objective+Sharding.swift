extension Objective {
  /// Throws where the objective is held in parts.
  ///
  /// - Parameter method: What needs it whole, for the error.
  func requireWhole(for method: String) throws {
    guard sharding != nil else { return }
    throw OptimKitError(
      .missingCapability, cause: "\(method) of an objective that ranks hold in parts",
      remedy: "make the objective of all samples and parameters on one rank")
  }
}
