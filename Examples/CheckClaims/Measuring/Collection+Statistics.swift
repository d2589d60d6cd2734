extension Collection where Element == Double {
  /// The median; NaN where there is none.
  package var median: Double {
    guard !isEmpty else { return .nan }
    let sorted = sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// The largest element; NaN where there is none or one is NaN.
  package var largest: Double {
    contains(where: \.isNaN) ? .nan : self.max() ?? .nan
  }

  /// The smallest element; NaN where there is none or one is NaN.
  package var smallest: Double {
    contains(where: \.isNaN) ? .nan : self.min() ?? .nan
  }
}

extension Collection where Element == Double {
  /// The mean; NaN where there is none.
  package var mean: Double { reduce(0, +) / Double(count) }
}
