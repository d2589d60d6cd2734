import Foundation
import OptimKit

/// Which steps a spectral trust region tries: dampings and cutoffs of singular values over a whole range.
public struct StepProbes: Hashable, Sendable, Codable {
  /// Which of the steps is taken.
  public enum Selection: Hashable, Sendable, Codable {
    /// That with the lowest loss.
    case lowestLoss
    /// The longest up to which all have achieved this part of the reduction that the model predicts (0.075 in
    /// arXiv 2607.02194).
    case gainRatio(Double)
  }

  /// The number of dampings, in equal factors over the range; 24 by default.
  public var dampingCount: Int
  /// The smallest √μ, relative to the largest singular value; 1e-13 by default. The largest is 1.
  public var smallestDamping: Double
  /// The number of cutoffs, in equal factors over their range; 12 by default.
  public var cutoffCount: Int
  /// The smallest cutoff, relative to the largest singular value; 1e-13 by default. The largest is 0.1.
  public var smallestCutoff: Double
  /// How often steps between the best and its neighbours are tried; twice by default.
  public var refinementCount: Int
  /// Which of them is taken; that with the lowest loss by default.
  public var selection: Selection

  /// Creates probes.
  public init(
    dampingCount: Int = 24, smallestDamping: Double = 1e-13, cutoffCount: Int = 12,
    smallestCutoff: Double = 1e-13, refinementCount: Int = 2, selection: Selection = .lowestLoss
  ) {
    self.dampingCount = dampingCount
    self.smallestDamping = smallestDamping
    self.cutoffCount = cutoffCount
    self.smallestCutoff = smallestCutoff
    self.refinementCount = refinementCount
    self.selection = selection
  }

  /// Finer grids find nothing new.
  private static let mostOfAKind = 1000

  func validate() throws {
    let numbers = 0...Self.mostOfAKind
    guard numbers.contains(dampingCount), numbers.contains(cutoffCount),
      numbers.contains(refinementCount), dampingCount + cutoffCount > 0
    else {
      throw OptimKitError(
        .invalidArgument,
        cause: "\(dampingCount) dampings, \(cutoffCount) cutoffs, \(refinementCount) refinements",
        remedy: "try at least one damping or cutoff, and at most \(Self.mostOfAKind) of each")
    }
    for (value, name) in [
      (smallestDamping, "smallest relative damping"), (smallestCutoff, "smallest relative cutoff"),
    ] {
      guard value > 0, value < 0.1 else {
        throw OptimKitError(
          .invalidArgument, cause: "the \(name) is \(value)",
          remedy: "choose a number between 0 and 0.1, such as 1e-13")
      }
    }
    if case .gainRatio(let ratio) = selection { try requireFraction(ratio, "gain ratio") }
  }

  /// √μ relative to the largest singular value, from the shortest step to the longest.
  private var dampings: [Double] { Self.grid(dampingCount, from: 1, to: smallestDamping) }

  private static func grid(_ count: Int, from first: Double, to last: Double) -> [Double] {
    (0..<count).map { first * pow(last / first, Double($0) / Double(max(1, count - 1))) }
  }

  /// Damped steps, from the shortest to the longest, then truncated ones, likewise. Those that make no difference
  /// are left out.
  func proposals(_ model: SpectralCoordinates) -> [StepProposal] {
    var result = dampings.map { Self.damped($0, model) }
    var lastRank = -1
    for cutoff in Self.grid(cutoffCount, from: 0.1, to: smallestCutoff) {
      let step = model.truncated(below: cutoff)
      let rank = step.count { $0 != 0 }
      guard rank > max(0, lastRank) else { continue }
      lastRank = rank
      result.append(StepProposal(coordinates: step, label: "cutoff \(cutoff), rank \(rank)"))
    }
    return result
  }

  /// Shorter steps than all of those, for where none of them succeeds.
  func shorterProposals(_ model: SpectralCoordinates) -> [StepProposal] {
    (1...16).map { Self.damped(pow(4, Double($0)), model) }
  }

  /// Damped steps on both sides of the one with number `index`, in round `round` of refinements.
  func refinements(of center: Double, round: Int, _ model: SpectralCoordinates) -> [(
    Double, StepProposal
  )] {
    guard dampingCount > 1 else { return [] }
    let spacing = pow(smallestDamping, 1 / Double(dampingCount - 1))
    let factor = pow(spacing, 1 / pow(3, Double(round)))
    return [center * factor, center / factor].map { ($0, Self.damped($0, model)) }
  }

  /// √μ relative to the largest singular value of the damped step with number `index`.
  func damping(_ index: Int) -> Double? { index < dampingCount ? dampings[index] : nil }

  private static func damped(_ relative: Double, _ model: SpectralCoordinates) -> StepProposal {
    let root = relative * (model.values.first ?? 0)
    return StepProposal(
      coordinates: model.damped(by: root * root), label: "damping \(root * root)")
  }
}
