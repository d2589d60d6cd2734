/// How the text of an option's value is read and shown.
package struct ValueFormat<Value: Sendable>: Sendable {
  /// What stands for the value in help, such as "integer" or "exact|cg".
  package let placeholder: String

  /// What a value must be, as the end of the sentence "give …".
  package let requirement: String

  /// The value that a text means, or nil where it means none.
  package let parse: @Sendable (String) -> Value?

  /// The text that means a value.
  package let describe: @Sendable (Value) -> String

  /// Creates a format from its parts.
  package init(
    placeholder: String, requirement: String, parse: @escaping @Sendable (String) -> Value?,
    describe: @escaping @Sendable (Value) -> String
  ) {
    self.placeholder = placeholder
    self.requirement = requirement
    self.parse = parse
    self.describe = describe
  }
}

extension ValueFormat where Value == Int {
  /// A whole number within `range`.
  package static func integer(in range: ClosedRange<Int>) -> Self {
    let requirement =
      range.upperBound == .max
      ? "a whole number of at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Self(
      placeholder: "integer", requirement: requirement,
      parse: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
      describe: { "\($0)" })
  }

  /// A whole number of at least `range.lowerBound`.
  package static func integer(in range: PartialRangeFrom<Int>) -> Self {
    integer(in: range.lowerBound...Int.max)
  }
}

extension ValueFormat where Value == Double {
  /// A finite number above 0.
  package static var positiveNumber: Self {
    number(requirement: "a finite number above 0") { $0 > 0 }
  }

  /// A finite number of 0 or more.
  package static var nonNegativeNumber: Self {
    number(requirement: "a finite number of at least 0") { $0 >= 0 }
  }

  private static func number(
    requirement: String, _ isAllowed: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    Self(
      placeholder: "number", requirement: requirement,
      parse: { text in Double(text).flatMap { $0.isFinite && isAllowed($0) ? $0 : nil } },
      describe: { $0 == $0.rounded() && $0 < 1e6 ? "\(Int($0))" : "\($0)" })
  }
}

extension ValueFormat where Value == String {
  /// The path of a file; `placeholder` tells which, such as "X.npy".
  package static func path(_ placeholder: String) -> Self {
    Self(
      placeholder: placeholder, requirement: "the path of a file",
      parse: { $0.isEmpty ? nil : $0 }, describe: { $0 })
  }
}

extension ValueFormat
where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of the cases of an enumeration, by its raw value.
  package static var choice: Self {
    let names = Value.allCases.map(\.rawValue)
    return Self(
      placeholder: names.joined(separator: "|"),
      requirement: names.count == 1 ? names[0] : "one of \(names.joined(separator: ", "))",
      parse: { Value(rawValue: $0) }, describe: { $0.rawValue })
  }
}
