import Foundation

/// A JSON document. Numbers that JSON cannot write, NaN and infinity, are written as null.
package enum JSONValue: Hashable, Sendable {
  /// null.
  case null
  /// true or false.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Values by name.
  case object([String: JSONValue])

  /// A text, or null.
  package static func optional(_ text: String?) -> Self { text.map { .string($0) } ?? .null }

  /// A number, or null.
  package static func optional(_ number: Double?) -> Self { number.map { .number($0) } ?? .null }

  /// The document on one line, names in alphabetical order.
  package var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // What this type encodes holds no value that the encoder could refuse.
    guard let data = try? encoder.encode(self) else { return "null" }
    return String(decoding: data, as: UTF8.self)
  }
}

extension JSONValue: Encodable {
  /// Encodes what the value stands for.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value) where !value.isFinite: try container.encodeNil()
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral {
  /// A text.
  package init(stringLiteral value: String) { self = .string(value) }

  /// Values by name, each name once.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(uniqueKeysWithValues: elements))
  }
}
