import Foundation
import OptimKit

/// How the steps of a stochastic method shrink, as a factor of the first that depends on the number of epochs t that
/// have passed; parts of epochs count.
public enum StepSchedule: Hashable, Sendable, Codable {
  /// 1.
  case constant

  /// 1 / (1 + `decay` · t): the sum of the steps diverges and that of their squares does not, so that noise is
  /// averaged away (Robbins and Monro, 1951).
  case inverseTime(decay: Double)

  /// From 1 to `floor` along half a cosine over `epochs` epochs, `floor` afterwards (Loshchilov and Hutter, 2017).
  case cosine(epochs: Double, floor: Double)

  /// `factor` to the power of the whole part of t / `epochs`.
  case stepDecay(epochs: Double, factor: Double)

  /// The cosine schedule down to 0.
  public static func cosine(epochs: Double) -> Self { .cosine(epochs: epochs, floor: 0) }

  /// The factor after `epochs` epochs.
  public func factor(after epochs: Double) -> Double {
    switch self {
    case .constant: 1
    case .inverseTime(let decay): 1 / (1 + decay * epochs)
    case .cosine(let length, let floor):
      floor + (1 - floor) * (1 + cos(.pi * min(1, epochs / length))) / 2
    case .stepDecay(let length, let factor): pow(factor, (epochs / length).rounded(.down))
    }
  }

  /// In words.
  var details: String {
    switch self {
    case .constant: "constant step"
    case .inverseTime(let decay): "1/t decay \(decay)"
    case .cosine(let epochs, _): "cosine over \(epochs) epochs"
    case .stepDecay(let epochs, let factor): "times \(factor) every \(epochs) epochs"
    }
  }

  /// Throws where a constant is outside its domain.
  func validate() throws {
    switch self {
    case .constant: break
    case .inverseTime(let decay): try requireNotNegative(decay, "decay")
    case .cosine(let epochs, let floor):
      try requirePositive(epochs, "length of the schedule")
      try requireFraction(floor, "floor of the schedule")
    case .stepDecay(let epochs, let factor):
      try requirePositive(epochs, "length of the schedule")
      try requirePositive(factor, "factor of the schedule")
    }
  }
}
