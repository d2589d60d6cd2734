extension ValueFormat {
  /// Several cases of an enumeration, separated by commas, each at most once.
  package static func choices<Choice>() -> Self
  where
    Value == [Choice], Choice: CaseIterable & RawRepresentable & Sendable & Hashable,
    Choice.RawValue == String
  {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return Self(
      placeholder: "name,…", requirement: "names out of \(names), separated by commas",
      parse: { text in
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let choices = parts.compactMap { Choice(rawValue: String($0)) }
        return choices.count == parts.count && Set(choices).count == choices.count ? choices : nil
      },
      describe: { $0.map(\.rawValue).joined(separator: ",") })
  }
}

extension ValueFormat where Value == Double {
  /// A finite number of at least `smallest`.
  package static func number(atLeast smallest: Double) -> Self {
    Self(
      placeholder: "number", requirement: "a finite number of at least \(smallest.significant())",
      parse: { text in Double(text).flatMap { $0.isFinite && $0 >= smallest ? $0 : nil } },
      describe: { $0.significant() })
  }
}
