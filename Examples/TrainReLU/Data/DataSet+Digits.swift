import ExampleSupport
import Foundation
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

/// The digits as they are in `digits.csv`: 1797 rows of 8 × 8 pixels from 0 to 16, then the digit.
///
/// Source: the test part of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998),
/// UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0
/// (https://creativecommons.org/licenses/by/4.0/). A first line that names the columns was added.
private struct Digits {
  let count: Int
  private let pixelCount: Int
  private let table: CSVTable

  init() throws {
    guard let url = Bundle.module.url(forResource: "digits", withExtension: "csv") else {
      throw OptimKitError(
        .unreadableFile, cause: "digits.csv is missing beside the program",
        remedy: "build the example again")
    }
    table = try CSVTable(contentsOf: url)
    count = table.rowCount
    pixelCount = table.columnCount - 1
  }

  /// The samples with these numbers.
  func part<Scalar>(_ samples: [Int], isParity: Bool) throws -> DataSet<Scalar>.Part {
    var pixels: [Scalar] = []
    var targets: [Scalar] = []
    for sample in samples {
      let row = table.values[sample * table.columnCount..<(sample + 1) * table.columnCount]
      pixels += row.dropLast().map { Scalar($0 / 16) }
      let digit = Int(row[row.endIndex - 1])
      let isHit = isParity ? [digit.isMultiple(of: 2)] : (0..<10).map { $0 == digit }
      targets += isHit.map { $0 ? 1 : -1 }
    }
    var features = try Matrix(rowCount: samples.count, columnCount: pixelCount, storage: pixels)
    features.scaleRowsToUnitLength()
    return DataSet.Part(
      features: features,
      targets: try Matrix(
        rowCount: samples.count, columnCount: isParity ? 1 : 10, storage: targets))
  }
}
