import Foundation
import OptimKit

/// What a preconditioner has done since it was made, and whether that speaks for a new one.
///
/// Iterations are compared at equal accuracy: a solve is expected to take as many iterations per digit
/// of the residual's reduction as the first solve did. One iteration more is rounding, not growth.
struct PreconditionerHistory: Codable {
  private struct First: Codable {
    let iterations: Int
    let digits: Double
  }

  private struct Last: Codable {
    let iterations: Int
    let expected: Double
  }

  private let growthFactor: Double
  private let cost: Double?
  private let leastCost: Double
  private let sizes: [Int]
  private let damping: Double

  private var first: First?
  private var last: Last?
  private var extraIterations = 0.0

  /// The history of a preconditioner that was just made for `system` and takes `cost` iterations' worth of
  /// work to make again. One that takes less than `leastCost` is not kept.
  init<Scalar>(
    of system: DampedSystem<Scalar>, cost: Double?, leastCost: Double = 0, growthFactor: Double
  ) {
    self.growthFactor = growthFactor
    self.cost = cost
    self.leastCost = leastCost
    sizes = Self.sizes(of: system)
    damping = Double(system.damping)
  }

  /// Why a new one should be made for `system`; nil where this one should be kept.
  func reasonToRefresh<Scalar>(for system: DampedSystem<Scalar>) -> String? {
    guard sizes == Self.sizes(of: system) else {
      return "the system has other sizes"
    }
    if let cost, cost < leastCost {
      return "a new one costs about \(Int(cost.rounded(.up))) iterations"
    }
    let now = Double(system.damping)
    guard max(damping, now) <= growthFactor * growthFactor * min(damping, now) else {
      return "the damping changed from \(damping) to \(now)"
    }
    guard let last else { return nil }
    // One that is dear is kept longer: growth alone does not say that a new one pays.
    let isWorthwhile = Double(last.iterations) - last.expected > (cost ?? 0) / 4
    if Double(last.iterations) > growthFactor * last.expected + 1, isWorthwhile {
      return comparison(last)
    }
    if let cost, extraIterations > cost {
      return "\(Int(extraIterations.rounded())) iterations more than expected since the last was "
        + "made, and a new one costs about \(Int(cost.rounded()))"
    }
    return nil
  }

  /// Those of the whole: a run goes on with another number of parts.
  private static func sizes<Scalar>(of system: DampedSystem<Scalar>) -> [Int] {
    [system.shortCount, system.wholeLongCount, system.isDual ? 1 : 0]
  }

  /// Why it is kept.
  var reasonToKeep: String { last.map(comparison) ?? "not used yet" }

  private func comparison(_ last: Last) -> String {
    "\(last.iterations) iterations in the last solve, \(Int(last.expected.rounded(.up))) expected of "
      + "a new one"
  }

  /// The number of iterations at which a solve that reduces the residual to `reduction` should be given up;
  /// nil where nothing is known to compare with.
  func iterationLimit(reduction: Double) -> Int? {
    guard let first, first.iterations > 0 else { return nil }
    let patience = 2 * growthFactor * expectedIterations(first, Self.digits(reduction))
    return Int(min(patience + min(cost ?? 10, 100) + 1, 1e9))
  }

  /// Books a solve that reduced the residual to `reduction` of what it was.
  mutating func record(iterations: Int, reduction: Double) {
    let digits = Self.digits(reduction)
    if first == nil { first = First(iterations: iterations, digits: digits) }
    guard let first else { return }
    let expected = expectedIterations(first, digits)
    last = Last(iterations: iterations, expected: expected)
    extraIterations += max(0, Double(iterations) - expected - 1)
  }

  private func expectedIterations(_ first: First, _ digits: Double) -> Double {
    Double(first.iterations) * digits / first.digits
  }

  /// Digits gained by a reduction, at least ⅓ so that ratios stay sane.
  private static func digits(_ reduction: Double) -> Double {
    guard reduction > 0 else { return 16 }
    return min(16, max(-log10(reduction), 1.0 / 3))
  }
}
