import OptimKit

/// One option of a command, bound to a property of `Values`.
package struct CommandLineOption<Values: Sendable>: Sendable {
  /// The name, without the dashes.
  package let name: String

  /// What stands for the value in help; nil for a flag, which takes none.
  package let placeholder: String?

  /// What the option does, in a few words.
  package let help: String

  /// The default that help shows, given the values of a command without options.
  let defaultText: @Sendable (Values) -> String?

  /// Stores what the text of the value means; throws where it means nothing.
  let store: @Sendable (_ text: String, _ values: inout Values) throws -> Void

  /// An option without a value, which sets a property to true.
  package static func flag(
    _ name: String, _ property: WritableKeyPath<Values, Bool> & Sendable, _ help: String
  ) -> Self {
    Self(
      name: name, placeholder: nil, help: help, defaultText: { _ in nil },
      store: { _, values in values[keyPath: property] = true })
  }

  /// An option with a value, for a property that has a default.
  package static func option<Value>(
    _ name: String, _ property: WritableKeyPath<Values, Value> & Sendable,
    _ format: ValueFormat<Value>, _ help: String
  ) -> Self {
    Self(
      name: name, placeholder: format.placeholder, help: help,
      defaultText: { format.describe($0[keyPath: property]) },
      store: { text, values in
        values[keyPath: property] = try value(of: name, text, format)
      })
  }

  /// An option with a value, for a property that is nil where the option is not given.
  ///
  /// - Parameter absent: What help shows as the default; nothing by default.
  package static func option<Value>(
    _ name: String, _ property: WritableKeyPath<Values, Value?> & Sendable,
    _ format: ValueFormat<Value>, _ help: String, absent: String? = nil
  ) -> Self {
    Self(
      name: name, placeholder: format.placeholder, help: help, defaultText: { _ in absent },
      store: { text, values in
        values[keyPath: property] = try value(of: name, text, format)
      })
  }

  private static func value<Value>(
    of name: String, _ text: String, _ format: ValueFormat<Value>
  ) throws -> Value {
    guard let value = format.parse(text) else {
      throw OptimKitError(
        .invalidArgument, cause: "--\(name) is \"\(text)\"", remedy: "give \(format.requirement)")
    }
    return value
  }
}
