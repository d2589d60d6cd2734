/// One measured number beside its bound.
package struct Figure: Sendable {
  /// What kind of number it is, which tells how far it depends on the machine.
  package enum Basis: String, Sendable {
    /// Computed from iterates, matrices and errors: the same for the same seed.
    case computed
    /// A number of iterations, products or other events: the same for the same seed.
    case counted
    /// Made from seconds: differs from run to run, and suffers from whatever else the machine does.
    case timed
  }

  /// What was measured, with its unit where it has one.
  package let quantity: String
  /// The number; NaN or infinite where what was run did not end in one.
  package let value: Double
  /// What it has to be.
  package let bound: Bound
  /// What kind of number it is.
  package let basis: Basis
  /// Why the number is known to miss its bound; nil where it is not.
  package let exception: String?

  /// Creates a figure.
  package init(
    _ quantity: String, _ value: Double, _ bound: Bound, basis: Basis = .computed,
    exception: String? = nil
  ) {
    self.quantity = quantity
    self.value = value
    self.bound = bound
    self.basis = basis
    self.exception = exception
  }

  /// Whether the number is within its bound.
  package var holds: Bool { bound.allows(value) }
}
