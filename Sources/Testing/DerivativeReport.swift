import OptimKit

/// What `checkDerivatives(of:at:)` found: the entries of a Jacobian that are not the derivatives of the outputs.
public struct DerivativeReport<Scalar: RealScalar>: Sendable, CustomStringConvertible {
  /// An entry of the Jacobian that is wrong.
  public struct Entry: Sendable, CustomStringConvertible {
    /// The product that gives the entry.
    public enum Product: String, Sendable {
      /// J v.
      case forward = "J v"
      /// Jᵀu.
      case transposed = "Jᵀu"
    }

    /// The number of the output: the row.
    public let output: Int
    /// The number of the parameter: the column.
    public let parameter: Int
    /// The product that gives the wrong entry.
    public let product: Product
    /// The entry.
    public let value: Scalar
    /// The derivative by differences.
    public let expected: Scalar
    /// How far `expected` may be from the derivative.
    public let uncertainty: Scalar

    /// |value − expected|; infinite where the entry is not a number.
    public var error: Scalar { value.isFinite ? abs(value - expected) : .infinity }

    /// The error relative to the derivative; infinite where that is 0.
    public var relativeError: Scalar { error / abs(expected) }

    /// Where, what, and by how much.
    public var description: String {
      let place = "output \(output), parameter \(parameter)"
      return "\(place): \(product.rawValue) has \(value), differences \(expected) ± \(uncertainty)"
        + (expected == 0 ? "" : "; relative error \(relativeError)")
    }
  }

  /// The wrong entries, by descending relative error.
  public let wrongEntries: [Entry]
  /// Outputs and parameters of derivatives that differences do not tell, because the outputs are not finite nearby.
  public let uncheckedEntries: [(output: Int, parameter: Int)]
  /// The number of entries of the Jacobian.
  public let entryCount: Int

  /// Whether no entry is wrong.
  public var isCorrect: Bool { wrongEntries.isEmpty }

  /// A summary in a line, and a line for each of the ten worst entries.
  public var description: String {
    let wrong = Set(wrongEntries.map { [$0.output, $0.parameter] }).count
    var lines = ["\(wrong) of \(entryCount) derivatives are wrong"]
    if !uncheckedEntries.isEmpty { lines[0] += ", \(uncheckedEntries.count) not checked" }
    return (lines + wrongEntries.prefix(10).map(\.description)).joined(separator: "\n")
  }
}
