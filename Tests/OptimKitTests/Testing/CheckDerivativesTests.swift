import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Checking derivatives")
struct CheckDerivativesTests {
  private static let point = [0.3, -40, 2e-6]

  /// Outputs of very different sizes, whose Jacobian is altered by `alter`.
  private func model(
    _ alter: @escaping @Sendable (inout Matrix<Double>) -> Void
  ) -> JacobianModel<Double> {
    JacobianModel(
      parameterCount: 3, outputCount: 3,
      outputs: { x in [exp(x[0]) * x[1], sin(x[0] + 1e6 * x[2]), 1e-9 * x[1] * x[1]] },
      jacobian: { x in
        let slope = cos(x[0] + 1e6 * x[2])
        var result = try Matrix(
          rowCount: 3, columnCount: 3,
          storage: [
            exp(x[0]) * x[1], exp(x[0]), 0, slope, 0, 1e6 * slope, 0, 2e-9 * x[1], 0,
          ])
        alter(&result)
        return result
      })
  }

  @Test("finds nothing wrong with right derivatives")
  func correct() throws {
    let report = try checkDerivatives(of: model { _ in }, at: Self.point)
    #expect(report.isCorrect && report.uncheckedEntries.isEmpty, "\(report)")
    #expect(report.entryCount == 9)
    let single = SampleModel(samples: [0.1, 0.7], parameterCount: 5) { t, b in
      b[0] + b[1] * exp(-b[2] * t) + b[3] * sin(b[4] * t)
    }
    #expect(try checkDerivatives(of: single, at: [1, 2, 3, 4, 5]).isCorrect)
  }

  @Test("tells which entry is wrong, and by how much")
  func wrongEntry() throws {
    for (row, column, factor) in [(0, 0, -1.0), (1, 2, 1.001), (2, 1, 2), (0, 1, 1.0001)] {
      let report = try checkDerivatives(
        of: model { $0[row, column] *= factor }, at: Self.point)
      #expect(report.wrongEntries.count == 2, "\(report)")
      for entry in report.wrongEntries {
        #expect(entry.output == row && entry.parameter == column, "\(report)")
        #expect(abs(entry.relativeError - abs(factor - 1)) < 1e-6, "\(report)")
      }
      #expect("\(report)".contains("output \(row), parameter \(column)"), "\(report)")
    }
    let extra = try checkDerivatives(of: model { $0[2, 2] = 1e-3 }, at: Self.point)
    #expect(extra.wrongEntries.first?.relativeError == .infinity, "\(extra)")
    let missing = try checkDerivatives(of: model { $0[1, 0] = 0 }, at: Self.point)
    #expect(missing.wrongEntries.first?.output == 1, "\(missing)")
    let undefined = try checkDerivatives(of: model { $0[1, 0] = .nan }, at: Self.point)
    #expect(undefined.wrongEntries.contains { $0.output == 1 && $0.error == .infinity })
  }

  @Test("tells which product is wrong")
  func wrongProduct() throws {
    let model = ProductModel<Double>(
      parameterCount: 2, outputCount: 2, outputs: { [$0[0] * $0[1], $0[1]] },
      product: { x, v in [x[1] * v[0] + x[0] * v[1], v[1]] },
      transposedProduct: { x, u in [x[1] * u[0], x[0] * u[0] - u[1]] })
    let report = try checkDerivatives(of: model, at: [2, 3])
    #expect(report.wrongEntries.count == 1, "\(report)")
    let entry = try #require(report.wrongEntries.first)
    #expect(entry.product == .transposed && entry.output == 1 && entry.parameter == 1)
    #expect(entry.value == -1 && abs(entry.expected - 1) < 1e-9)
  }

  @Test("says what it cannot check")
  func unchecked() throws {
    let model = ResidualModel(parameterCount: 2, residualCount: 2) { x in
      [sqrt(x[0]), x[0] * x[1]]
    }
    let report = try checkDerivatives(of: model, at: [1e-8, 1], typicalSizes: [1, 1])
    #expect(report.uncheckedEntries.map(\.output) == [0], "\(report)")
    #expect(throws: OptimKitError.self) { try checkDerivatives(of: model, at: [-1, 1]) }
    #expect(throws: OptimKitError.self) { try checkDerivatives(of: model, at: [1]) }
    #expect(throws: OptimKitError.self) {
      try checkDerivatives(of: model, at: [1, 1], typicalSizes: [1])
    }
  }
}
