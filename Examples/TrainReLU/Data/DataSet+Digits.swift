import ExampleSupport
import OptimKit

extension DataSet {
  /// Handwritten digits of 8 × 8 pixels, divided 70/30 into training and test samples by the seed.
  ///
  /// By parity, targets are +1 for even and -1 for odd digits. With one output a digit, the target
  /// is +1 for the digit's own output and -1 for the others.
  static func digits(_ options: Options) throws -> Self {
    let table = try Digits()
    let count = options.samples ?? table.count
    guard (2...table.count).contains(count) else {
      throw Options.contradiction(
        "--samples is \(count), but there are \(table.count) digits to divide",
        remedy: "give 2 to \(table.count)")
    }
    var order = Array(0..<table.count)
    var stream = RandomKey(seed: UInt64(options.seed), purpose: .split).stream()
    stream.shuffle(&order)
    let trainingCount = min(count - 1, max(1, count * 7 / 10))
    let isParity = options.source == .digits
    return Self(
      name: isParity ? "digits, even +1 and odd -1" : "digits, one output each",
      task: isParity ? .sign : .largest,
      training: try table.part(Array(order[..<trainingCount]), isParity: isParity),
      test: try table.part(Array(order[trainingCount..<count]), isParity: isParity),
      remark: "rows scaled to unit length, as the theory assumes")
  }
}

extension Digits {
  /// The samples with these numbers, rows scaled to unit length.
  fileprivate func part<Scalar>(
    _ samples: [Int], isParity: Bool
  ) throws -> DataSet<Scalar>.Part {
    var features: Matrix<Scalar> = try features(of: samples)
    features.scaleRowsToUnitLength()
    let targets = samples.flatMap { sample -> [Scalar] in
      let digit = digit(sample)
      let isHit = isParity ? [digit.isMultiple(of: 2)] : (0..<10).map { $0 == digit }
      return isHit.map { $0 ? 1 : -1 }
    }
    return DataSet.Part(
      features: features,
      targets: try Matrix(
        rowCount: samples.count, columnCount: isParity ? 1 : 10, storage: targets))
  }
}
