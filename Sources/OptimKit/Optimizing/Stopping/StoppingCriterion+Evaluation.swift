import Foundation

extension StoppingCriterion {
  /// Whether a condition in it satisfies `predicate`.
  func contains(_ predicate: (Quantity) -> Bool) -> Bool {
    switch rule {
    case .all(let parts), .any(let parts): parts.contains { $0.contains(predicate) }
    default: quantity.map(predicate) ?? false
    }
  }

  /// Throws where a threshold cannot be reached or says nothing.
  func validate() throws {
    switch rule {
    case .threshold(let quantity, let threshold):
      let smallest = quantity.meansConvergence ? 0.nextUp : 0
      let isInDomain = threshold >= smallest || quantity == .loss
      guard threshold.isFinite, isInDomain else {
        throw Self.invalid(
          "the threshold of \(quantity.rawValue) is \(threshold)",
          quantity.meansConvergence
            ? "pass a finite positive number" : "pass a finite number that is not negative")
      }
    case .stagnation(let window, let decrease):
      guard window > 0, decrease >= 0, decrease < 1 else {
        throw Self.invalid(
          "stagnation is a decrease of at most \(decrease) in \(window) iterations",
          "pass at least one iteration and a fraction from 0 up to but not including 1")
      }
    case .predicate(let predicate):
      guard predicate.condition != nil else {
        throw Self.invalid(
          "the condition \"\(predicate.name)\" was read from a file, which cannot hold its code",
          "make the criterion anew")
      }
      guard predicate.status == .converged || predicate.status == .stoppedByBudget else {
        throw Self.invalid(
          "the condition \"\(predicate.name)\" means \(predicate.status.rawValue)",
          "choose converged or stoppedByBudget")
      }
    case .all(let parts), .any(let parts):
      guard !parts.isEmpty else {
        throw Self.invalid("a combination of no criteria", "combine at least one")
      }
      for part in parts { try part.validate() }
    }
  }

  private static func invalid(_ cause: String, _ remedy: String) -> OptimKitError {
    OptimKitError(.invalidArgument, cause: cause, remedy: remedy)
  }

  /// The reason to stop, where this criterion holds for the last record of `history`.
  func reasonToStop(_ history: [IterationRecord]) -> StopReason? {
    guard let record = history.last else { return nil }
    switch rule {
    case .threshold(let quantity, let threshold):
      guard let value = Self.value(of: quantity, in: record, history),
        quantity.endsWhenSmall ? value <= threshold : value >= threshold
      else { return nil }
      return StopReason(quantity, value: value, threshold: threshold)
    case .stagnation(let window, let threshold):
      guard history.count > window else { return nil }
      let before = history[history.count - 1 - window].loss
      let decrease = before == 0 ? 0 : (before - record.loss) / abs(before)
      guard decrease <= threshold else { return nil }
      return StopReason(
        .relativeDecrease, value: decrease, threshold: threshold,
        label: "over \(window) iterations")
    case .predicate(let predicate):
      guard predicate.condition?(record) == true else { return nil }
      return StopReason(predicate)
    case .any(let parts):
      return parts.lazy.compactMap { $0.reasonToStop(history) }.first
    case .all(let parts):
      var reasons: [StopReason] = []
      for part in parts {
        guard let reason = part.reasonToStop(history) else { return nil }
        reasons.append(reason)
      }
      return StopReason(all: reasons)
    }
  }

  /// The value of a quantity; nil where there is none yet.
  private static func value(
    of quantity: Quantity, in record: IterationRecord, _ history: [IterationRecord]
  ) -> Double? {
    switch quantity {
    case .loss: return record.loss
    case .relativeLoss: return record.relativeLoss
    case .gradientNorm: return record.gradientNorm
    case .relativeGradientNorm:
      guard let norm = record.gradientNorm, let first = history[0].gradientNorm else { return nil }
      return norm == 0 ? 0 : norm / first
    case .relativeStep: return record.relativeStep
    case .relativeDecrease: return nil
    case .iterations: return Double(record.iteration)
    case .evaluations: return Double(record.counts.evaluations + record.counts.linearizations)
    case .jacobianProducts:
      return Double(record.counts.jacobianProducts + record.counts.transposedJacobianProducts)
    case .elapsedSeconds: return record.elapsedSeconds
    }
  }
}

extension StoppingCriterion {
  /// About how far a run has come towards this criterion, from 0 to 1; nil where nothing can be said. Small losses
  /// and norms are taken to fall by equal factors in equal times.
  public func progress(to record: IterationRecord, from first: IterationRecord?) -> Double? {
    switch rule {
    case .threshold(let quantity, let threshold):
      guard let first, let now = Self.value(of: quantity, in: record, [first, record]) else {
        return nil
      }
      guard quantity.endsWhenSmall else { return threshold > 0 ? min(1, now / threshold) : nil }
      guard let start = Self.value(of: quantity, in: first, [first]), start > threshold, now > 0,
        threshold > 0
      else { return nil }
      return min(1, max(0, log(start / now) / log(start / threshold)))
    case .any(let parts): return parts.compactMap { $0.progress(to: record, from: first) }.max()
    case .all(let parts): return parts.compactMap { $0.progress(to: record, from: first) }.min()
    case .stagnation, .predicate: return nil
    }
  }
}
