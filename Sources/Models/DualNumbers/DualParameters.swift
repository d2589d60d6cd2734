/// Parameters as dual numbers that carry the derivatives by four of them at a time, pass after pass.
struct DualParameters {
  /// The parameters.
  private(set) var values: [Dual]
  private var pass: Int?

  /// Parameters as constants.
  init(_ parameters: Span<Double>) {
    values = []
    values.reserveCapacity(parameters.count)
    for i in parameters.indices { values.append(Dual(parameters[i])) }
  }

  /// How many passes it takes to differentiate by all of `count` parameters.
  static func passCount(_ count: Int) -> Int {
    (count + Dual.directionCount - 1) / Dual.directionCount
  }

  /// The numbers of the parameters of pass `pass`, of `count`.
  static func parameters(ofPass pass: Int, of count: Int) -> Range<Int> {
    let first = pass * Dual.directionCount
    return first..<min(first + Dual.directionCount, count)
  }

  /// Lets the directions be those of the parameters of `pass`.
  mutating func differentiate(pass: Int) {
    if let before = self.pass {
      for i in Self.parameters(ofPass: before, of: values.count) { values[i].derivatives = .zero }
    }
    for (direction, i) in Self.parameters(ofPass: pass, of: values.count).enumerated() {
      values[i].derivatives[direction] = 1
    }
    self.pass = pass
  }
}
