import OptimKit

/// A random sample of fixed size whose members are included in proportion to their weights.
///
/// Member i is expected πᵢ = min(1, c wᵢ) times, Σ πᵢ = count. Those with πᵢ = 1 are included for sure;
/// the others are laid out on a line, each as long as πᵢ, and a point is drawn from each unit of it, so that
/// one may be included twice.
package struct StratifiedSample {
  /// The members, in ascending order.
  package private(set) var members: [Int] = []

  /// πᵢ of each.
  package private(set) var probabilities: [Double] = []

  /// Draws a sample of `count` members, or all where there are no more.
  ///
  /// - Parameters:
  ///   - count: How many, positive.
  ///   - weights: Not negative; nine tenths of the chance to be included go by them, one is shared equally.
  ///   - key: The source of the sample.
  /// - Complexity: O(weights), a few passes.
  package init(count: Int, weights: [Double], key: RandomKey) {
    guard count < weights.count else {
      members = Array(weights.indices)
      probabilities = [Double](repeating: 1, count: weights.count)
      return
    }
    let total = weights.reduce(0, +)
    let uniform = (total > 0 ? 0.1 : 1) / Double(weights.count)
    let share = total > 0 ? 0.9 / total : 0
    // Every member that becomes sure leaves more to the others, of whom some may become sure.
    var sureFrom = Double.infinity
    var scale = 0.0
    var strata = count
    while true {
      var sure = 0
      var rest = 0.0
      for weight in weights {
        let chance = uniform + share * weight
        if chance >= sureFrom { sure += 1 } else { rest += chance }
      }
      strata = count - sure
      guard strata > 0 else { break }
      scale = Double(strata) / rest
      guard 1 / scale < sureFrom,
        weights.contains(where: {
          let chance = uniform + share * $0
          return chance < sureFrom && chance * scale >= 1
        })
      else { break }
      sureFrom = 1 / scale
    }
    draw(weights, uniform, share, sureFrom, scale: scale, strata: strata, key: key)
  }

  private mutating func draw(
    _ weights: [Double], _ uniform: Double, _ share: Double, _ sureFrom: Double, scale: Double,
    strata: Int, key: RandomKey
  ) {
    var stream = key.stream()
    var stratum = 0
    var point: Double = stream.uniform()
    var end = 0.0
    var last: (member: Int, probability: Double)?
    for (member, weight) in weights.enumerated() {
      let chance = uniform + share * weight
      if chance >= sureFrom {
        append(member, 1)
        continue
      }
      end += scale * chance
      last = (member, scale * chance)
      while stratum < strata, point < end {
        append(member, scale * chance)
        stratum += 1
        point = Double(stratum) + stream.uniform()
      }
    }
    // Where rounding made the line too short.
    if stratum < strata, let last {
      let place = members.firstIndex { $0 > last.member } ?? members.count
      members.insert(last.member, at: place)
      probabilities.insert(last.probability, at: place)
    }
  }

  private mutating func append(_ member: Int, _ probability: Double) {
    members.append(member)
    probabilities.append(probability)
  }
}
