import Foundation

/// Which way of solving was chosen for a system, from what alternatives, and why.
public struct SolverSelection: Hashable, Sendable, Codable {
  /// A way that was considered.
  public struct Alternative: Hashable, Sendable, Codable {
    /// Solver, sketch and precision, such as "sketched CG, tensor".
    public var name: String
    /// Rows of the sketch, where there is one.
    public var sketchSize: Int?
    /// Iterations expected of one solve; 0 for a direct solver.
    public var estimatedIterations: Int
    /// Seconds expected of preparation and one solve; nil where this way is closed.
    public var estimatedSeconds: Double?
    /// Why it is closed, or what the estimate rests on, where that is not counts of operations alone.
    public var remark: String?

    /// Creates an alternative.
    public init(
      name: String, sketchSize: Int? = nil, estimatedIterations: Int = 0,
      estimatedSeconds: Double? = nil, remark: String? = nil
    ) {
      self.name = name
      self.sketchSize = sketchSize
      self.estimatedIterations = estimatedIterations
      self.estimatedSeconds = estimatedSeconds
      self.remark = remark
    }
  }

  /// What is solved, in words, such as "dual system of order 512, 524288 long".
  public var system: String
  /// The relative residual that was asked for.
  public var tolerance: Double
  /// The chosen way.
  public var chosen: Alternative
  /// The others, those with the least estimate first, closed ones last.
  public var alternatives: [Alternative]
  /// Why the chosen one, in words.
  public var reason: String

  /// Creates a selection.
  public init(
    system: String, tolerance: Double, chosen: Alternative, alternatives: [Alternative],
    reason: String
  ) {
    self.system = system
    self.tolerance = tolerance
    self.chosen = chosen
    self.alternatives = alternatives
    self.reason = reason
  }

  /// The selection in a few lines, with what it really took where that is known.
  public func explanation(actualIterations: Int? = nil, actualSeconds: Double? = nil) -> String {
    var lines = ["\(system), to a relative residual of \(Self.text(tolerance)):"]
    var actual = ""
    if let actualSeconds {
      actual = "; took \(Self.text(actualSeconds)) s"
      if let actualIterations, actualIterations > 0 { actual += ", \(actualIterations) iterations" }
    }
    lines.append("  \(Self.describe(chosen))\(actual). Chosen: \(reason)")
    lines += alternatives.map { "  - \(Self.describe($0))" }
    return lines.joined(separator: "\n")
  }

  private static func describe(_ alternative: Alternative) -> String {
    var text = alternative.name
    if let rows = alternative.sketchSize { text += " of \(rows) rows" }
    if let seconds = alternative.estimatedSeconds {
      text += ": about \(Self.text(seconds)) s"
      if alternative.estimatedIterations > 0 {
        text += ", \(alternative.estimatedIterations) iterations"
      }
    }
    if let remark = alternative.remark { text += " (\(remark))" }
    return text
  }

  /// Two significant digits.
  private static func text(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    let exponent = log10(value).rounded(.down)
    if exponent < -3 || exponent > 5 {
      return "\((value / pow(10, exponent) * 10).rounded() / 10)e\(Int(exponent))"
    }
    let scale = pow(10, 1 - exponent)
    return "\((value * scale).rounded() / scale)"
  }
}

extension SolverSelection: CustomStringConvertible {
  /// The explanation without actual figures.
  public var description: String { explanation() }
}
