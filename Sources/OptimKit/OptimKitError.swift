import Foundation

/// What went wrong and what to do about it.
///
/// Sizes, options and data are validated once, before any work starts; the error names the cause and
/// the remedy in one line each.
public struct OptimKitError: Error, Hashable, Sendable, Codable {
  /// The kind of failure, for programs that react to it. Minor versions may add some.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// An option or argument is outside its domain.
    case invalidArgument
    /// Two sizes that must agree do not.
    case dimensionMismatch
    /// Data, or a value that a model returned, is NaN or infinite.
    case nonFiniteValue
    /// A linear system has no unique solution at working precision.
    case singularSystem
    /// An iteration cannot converge, or did not.
    case noConvergence
    /// No step leads on since the iteration has converged as far as rounding allows. A run that ends so is one that
    /// has converged.
    case roundingLimit
    /// A strategy needs a capability that the model's Jacobian does not offer.
    case missingCapability
    /// The user's model threw an error of its own.
    case modelFailure
    /// A file is absent, truncated, damaged or of another format.
    case unreadableFile
    /// A file cannot be written.
    case unwritableFile
  }

  /// The kind of failure.
  public let kind: Kind
  /// What is wrong, with the offending values.
  public let cause: String
  /// What the caller can do about it.
  public let remedy: String

  /// Creates an error from its three parts.
  public init(_ kind: Kind, cause: String, remedy: String) {
    self.kind = kind
    self.cause = cause
    self.remedy = remedy
  }
}

extension OptimKitError: CustomStringConvertible, LocalizedError {
  /// Cause and remedy in one line.
  public var description: String { "\(cause); \(remedy)" }

  /// Cause and remedy in one line.
  public var errorDescription: String? { description }
}
