import OptimKit

/// Throws where a number that has to be positive is not.
func requirePositive(_ value: Double, _ name: String) throws {
  guard value > 0, value.isFinite else {
    throw OptimKitError(
      .invalidArgument, cause: "the \(name) is \(value)", remedy: "pass a finite positive number")
  }
}

/// Throws where a number that may not be negative is.
func requireNotNegative(_ value: Double, _ name: String) throws {
  guard value >= 0, value.isFinite else {
    throw OptimKitError(
      .invalidArgument, cause: "the \(name) is \(value)",
      remedy: "pass a finite number that is not negative")
  }
}

/// Throws where a fraction is not in 0 ..< 1.
func requireFraction(_ value: Double, _ name: String) throws {
  guard (0..<1).contains(value) else {
    throw OptimKitError(
      .invalidArgument, cause: "the \(name) is \(value)",
      remedy: "pass a number that is at least 0 and less than 1")
  }
}

/// Throws where a number of things is not positive.
func requirePositive(_ count: Int, _ name: String) throws {
  guard count > 0 else {
    throw OptimKitError(
      .invalidArgument, cause: "the \(name) is \(count)", remedy: "pass at least 1")
  }
}
