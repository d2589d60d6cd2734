import Foundation
import OptimKit

/// Handwritten digits as they are in `digits.csv`: 1797 rows of 8 × 8 pixels from 0 to 16, then the digit.
///
/// Source: the test part of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998),
/// UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0
/// (https://creativecommons.org/licenses/by/4.0/). A first line that names the columns was added.
package struct Digits: Sendable {
  /// One row a sample: its pixels and, last, its digit.
  package let table: CSVTable

  /// The number of samples.
  package var count: Int { table.rowCount }

  /// Pixels of a sample.
  package var pixelCount: Int { table.columnCount - 1 }

  /// Reads the file that comes with the examples.
  ///
  /// - Throws: `OptimKitError` where it is missing beside the program; what reading it throws.
  package init() throws {
    guard let url = Bundle.module.url(forResource: "digits", withExtension: "csv") else {
      throw OptimKitError(
        .unreadableFile, cause: "digits.csv is missing beside the program",
        remedy: "build the example again")
    }
    table = try CSVTable(contentsOf: url)
  }

  /// Pixels from 0 to 1 of the samples with these numbers, one row a sample.
  package func features<Scalar: RealScalar>(
    of samples: [Int], as type: Scalar.Type = Scalar.self
  ) throws -> Matrix<Scalar> {
    let pixels = samples.flatMap { sample in row(sample).dropLast().map { Scalar($0 / 16) } }
    return try Matrix(rowCount: samples.count, columnCount: pixelCount, storage: pixels)
  }

  /// The digit of sample number `sample`.
  package func digit(_ sample: Int) -> Int {
    let row = row(sample)
    return Int(row[row.endIndex - 1])
  }

  private func row(_ sample: Int) -> ArraySlice<Double> {
    table.values[sample * table.columnCount..<(sample + 1) * table.columnCount]
  }
}
