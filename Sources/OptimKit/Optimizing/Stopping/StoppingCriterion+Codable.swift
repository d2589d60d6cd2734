extension StoppingCriterion: Codable {
  private enum CodingKeys: CodingKey {
    case quantity
    case threshold
    case window
    case condition
    case all
    case any
  }

  /// Decodes a criterion; the code of a condition of the user's own is lost, and `validate` refuses it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let parts = try container.decodeIfPresent([Self].self, forKey: .all) {
      rule = .all(parts)
    } else if let parts = try container.decodeIfPresent([Self].self, forKey: .any) {
      rule = .any(parts)
    } else if let predicate = try container.decodeIfPresent(
      StoppingPredicate.self, forKey: .condition)
    {
      rule = .predicate(predicate)
    } else {
      let threshold = try container.decode(Double.self, forKey: .threshold)
      if let window = try container.decodeIfPresent(Int.self, forKey: .window) {
        rule = .stagnation(window: window, decrease: threshold)
      } else {
        rule = .threshold(try container.decode(Quantity.self, forKey: .quantity), threshold)
      }
    }
  }

  /// Encodes a criterion, such as `{"quantity":"relativeLoss","threshold":1e-10}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch rule {
    case .all(let parts): try container.encode(parts, forKey: .all)
    case .any(let parts): try container.encode(parts, forKey: .any)
    case .predicate(let predicate): try container.encode(predicate, forKey: .condition)
    case .threshold, .stagnation:
      try container.encode(quantity, forKey: .quantity)
      try container.encode(threshold, forKey: .threshold)
      if case .stagnation(let window, _) = rule { try container.encode(window, forKey: .window) }
    }
  }
}
