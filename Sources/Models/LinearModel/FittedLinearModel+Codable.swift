import OptimKit

extension FittedLinearModel: Codable {
  private enum CodingKeys: CodingKey {
    case lossName
    case loss
    case weights
    case intercepts
  }

  /// Encodes coefficients, the loss with its options, and its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("\(L.self)", forKey: .lossName)
    try container.encode(loss, forKey: .loss)
    try container.encode(coefficients.weights, forKey: .weights)
    try container.encode(coefficients.intercepts, forKey: .intercepts)
  }

  /// Decodes a model.
  ///
  /// - Throws: `OptimKitError` where it was fitted with another loss, or coefficients do not fit each other; what the
  ///   decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .lossName)
    guard name == "\(L.self)" else {
      throw OptimKitError(
        .unreadableFile, cause: "a model fitted with \(name) is read as one with \(L.self)",
        remedy: "read it as FittedLinearModel<\(name), …>")
    }
    try self.init(
      loss: container.decode(L.self, forKey: .loss),
      coefficients: LinearCoefficients(
        weights: container.decode(Matrix<Scalar>.self, forKey: .weights),
        intercepts: container.decode([Scalar].self, forKey: .intercepts)))
  }
}
