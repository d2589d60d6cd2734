import ExampleSupport
import Foundation
import OptimKit

extension FitData {
  /// One of the data sets that come with the example.
  ///
  /// | | what | source |
  /// |---|---|---|
  /// | breast-cancer.csv | 569 × 30 measurements of cell nuclei, last column benign = 1 | W. Wolberg et al., "Breast Cancer Wisconsin (Diagnostic)" (1993), UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B, CC BY 4.0 |
  /// | digits.csv | 1797 × 64 pixels from 0 to 16, last column the digit | see `Digits` |
  /// | randhie.csv | first column the visits of 20190 persons in a year, then 9 facts about them | RAND Health Insurance Experiment, as in A. C. Cameron and P. K. Trivedi, "Microeconometrics" (2005), public domain |
  init(_ source: Options.Source, _ options: Options) throws {
    let table = try Self.table(source)
    let targetColumn = source == .rand ? 0 : table.columnCount - 1
    var values: [Scalar] = []
    var targets: [Scalar] = []
    values.reserveCapacity(table.values.count)
    for (place, value) in table.values.enumerated() {
      if place % table.columnCount == targetColumn {
        targets.append(Scalar(value))
      } else {
        values.append(Scalar(source == .digits ? value / 16 : value))
      }
    }
    let loss: LossChoice =
      switch source {
      case .breastCancer: .logistic
      case .digits: .softmax
      case .rand: .poisson
      }
    self.init(
      name: source.rawValue,
      features: .dense(
        try Matrix(
          rowCount: table.rowCount, columnCount: table.columnCount - 1, storage: values)),
      targets: targets, loss: loss, ridge: options.ridge ?? (source == .rand ? 0 : 1),
      hasIntercept: true, isStandardized: options.standardize || source == .breastCancer)
    if let reduction = Ranks.reduction { self = try ownPart(reduction) }
  }

  private static func table(_ source: Options.Source) throws -> CSVTable {
    let file: String
    switch source {
    case .digits: return try Digits().table
    case .breastCancer: file = "breast-cancer"
    case .rand: file = "randhie"
    }
    guard let url = Bundle.module.url(forResource: file, withExtension: "csv") else {
      throw OptimKitError(
        .unreadableFile, cause: "\(file).csv is missing beside the program",
        remedy: "build the example again")
    }
    return try CSVTable(contentsOf: url)
  }
}
