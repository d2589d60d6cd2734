/// A user's own condition, known by its name: closures can be neither compared nor stored.
struct StoppingPredicate: Hashable, Sendable, Codable {
  let name: String
  let status: RunStatus
  /// Nil after decoding.
  let condition: (@Sendable (IterationRecord) -> Bool)?

  init(
    name: String, status: RunStatus, condition: @escaping @Sendable (IterationRecord) -> Bool
  ) {
    self.name = name
    self.status = status
    self.condition = condition
  }

  private enum CodingKeys: CodingKey {
    case name
    case status
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    status = try container.decode(RunStatus.self, forKey: .status)
    condition = nil
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(status, forKey: .status)
  }

  static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.status == right.status
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(status)
  }
}
