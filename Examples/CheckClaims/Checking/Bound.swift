import ExampleSupport

/// What a measured number has to be for a claim to hold.
package enum Bound: Hashable, Sendable {
  /// No more than a number.
  case atMost(Double)
  /// No less than a number.
  case atLeast(Double)
  /// Between two numbers.
  case within(ClosedRange<Double>)

  /// Whether a number is what it has to be; NaN never is.
  package func allows(_ value: Double) -> Bool {
    switch self {
    case .atMost(let limit): value <= limit
    case .atLeast(let limit): value >= limit
    case .within(let range): range.contains(value)
    }
  }

  /// The smallest number allowed; nil where there is none.
  package var lower: Double? {
    switch self {
    case .atMost: nil
    case .atLeast(let limit): limit
    case .within(let range): range.lowerBound
    }
  }

  /// The largest number allowed; nil where there is none.
  package var upper: Double? {
    switch self {
    case .atMost(let limit): limit
    case .atLeast: nil
    case .within(let range): range.upperBound
    }
  }
}

extension Bound: CustomStringConvertible {
  /// Such as "≤ 0.5".
  package var description: String {
    switch self {
    case .atMost(let limit): "≤ \(limit.significant())"
    case .atLeast(let limit): "≥ \(limit.significant())"
    case .within(let range):
      "\(range.lowerBound.significant(3)) … \(range.upperBound.significant(3))"
    }
  }
}
