import Foundation

/// A value on its way to a file or back: encoded when it is written, decoded when it is asked for.
public struct StoredValue: Sendable, Codable {
  private enum Content: Sendable {
    case value(any Codable & Sendable)
    case text(String)
  }

  private let content: Content

  /// Holds a value; nothing is encoded yet.
  public init(_ value: some Codable & Sendable) { content = .value(value) }

  /// The value.
  ///
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` where another type was stored.
  public func decoded<Value: Codable>(as type: Value.Type) throws -> Value {
    do {
      switch content {
      case .value(let value as Value): return value
      case .value(let value):
        return try Self.decoder.decode(Value.self, from: Self.encoder.encode(value))
      case .text(let text): return try Self.decoder.decode(Value.self, from: Data(text.utf8))
      }
    } catch {
      throw OptimKitError(
        .unreadableFile, cause: "a stored state is not one of \(Value.self)",
        remedy: "resume with the optimizer and solver that wrote it")
    }
  }

  /// Reads what `encode(to:)` wrote.
  public init(from decoder: any Decoder) throws {
    content = .text(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the value as JSON within a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch content {
    case .text(let text): try container.encode(text)
    case .value(let value):
      try container.encode(String(decoding: Self.encoder.encode(value), as: UTF8.self))
    }
  }

  /// Numbers survive to the last bit, NaN and infinity too.
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "+infinity", negativeInfinity: "-infinity", nan: "nan")
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "+infinity", negativeInfinity: "-infinity", nan: "nan")
    return decoder
  }
}
