import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Models of one sample")
struct SampleModelTests {
  private static let times = (0..<12).map { 0.25 * Double($0) }

  /// b₀ + b₁ exp(−b₂ t) + b₃ sin(b₄ t).
  private static let curve: @Sendable (Double, [Dual]) -> Dual = { t, b in
    b[0] + b[1] * exp(-b[2] * t) + b[3] * sin(b[4] * t)
  }

  private static let point = [0.5, 1.5, 0.7, -0.3, 2]

  /// Two outputs a sample, of six parameters.
  private static func vectorModel(samples: Int, storesJacobian: Bool = true) -> SampleModel {
    SampleModel(
      samples: (0..<samples).map { 0.1 * Double($0) }, outputsPerSample: 2, parameterCount: 6,
      storesJacobian: storesJacobian
    ) { t, b in
      [b[0] * exp(b[1] * t) + b[5], b[2] * cos(b[3] + t) * b[4]]
    }
  }

  @Test(
    "conform, with one output or several, with and without a stored Jacobian",
    arguments: [true, false])
  func conformance(storesJacobian: Bool) {
    let model = SampleModel(
      samples: Self.times, parameterCount: 5, storesJacobian: storesJacobian, Self.curve)
    #expect(conformanceIssues(of: model, at: Self.point) == [])
    #expect(
      conformanceIssues(
        of: Self.vectorModel(samples: 7, storesJacobian: storesJacobian),
        at: [1, 0.5, 2, 0.3, -1, 0.2]) == [])
  }

  @Test("give the same bits in pieces as in one, stored or not")
  func pieces() throws {
    // As many samples as make several pieces.
    let model = Self.vectorModel(samples: 9000)
    let point = [1, -0.01, 2, 0.3, -1, 0.2]
    let direction = [1, 2, 3, 4, 5, 6.0]
    var outputs = [Double](repeating: .nan, count: model.outputCount)
    var span = outputs.mutableSpan
    let stored = try model.linearize(at: point.span, outputs: &span)
    let computed = try Self.vectorModel(samples: 9000, storesJacobian: false)
      .linearize(at: point.span, outputs: &span)
    for sample in [0, 1, 4095, 4096, 8999] {
      let alone = try model.restricted(to: [sample])
      let two = try filled(2) { try alone.evaluate(at: point.span, into: &$0) }
      #expect(two == Array(outputs[2 * sample..<2 * sample + 2]))
      for row in [2 * sample, 2 * sample + 1] {
        let rows = try [stored, computed].map { jacobian in
          try filled(6) { try jacobian.copyRows(row..<row + 1, into: &$0) }
        }
        #expect(rows[0] == rows[1])
      }
    }
    let products = try [stored, computed].map { try $0.product(direction) }
    #expect(distance(products[0], products[1]) <= 1e-13 * norm(products[0]))
    let transposed = try [stored, computed].map { try $0.transposedProduct(outputs) }
    #expect(distance(transposed[0], transposed[1]) <= 1e-12 * norm(transposed[0]))
  }

  @Test("are restricted to samples, and restricted again")
  func restriction() throws {
    let model = SampleModel(samples: Self.times, parameterCount: 5, Self.curve)
    let all = try filled(12) { try model.evaluate(at: Self.point.span, into: &$0) }
    let part = try model.restricted(to: [7, 3, 3, 11]).restricted(to: [3, 0])
    let outputs = try filled(2) { try part.evaluate(at: Self.point.span, into: &$0) }
    #expect(outputs == [all[11], all[7]])
    for sample in [-1, 12] {
      #expect(throws: OptimKitError.self) { try model.restricted(to: [sample]) }
    }
  }

  @Test("know samples by their numbers")
  func numbers() throws {
    let times = Self.times
    let numbered = SampleModel(sampleCount: 12, parameterCount: 5) { i, b in
      Self.curve(times[i], b)
    }
    let typed = SampleModel(samples: times, parameterCount: 5, Self.curve)
    let outputs = try [numbered, typed].map { model in
      try filled(12) { try model.evaluate(at: Self.point.span, into: &$0) }
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test("are fitted, also by mini-batches")
  func fitting() throws {
    let model = SampleModel(samples: Self.times, parameterCount: 2) { t, b in b[0] * exp(-b[1] * t)
    }
    let targets = Self.times.map { 3 * exp(-0.4 * $0) }
    let objective = try LeastSquares(model, targets: targets)
    let result = try minimize(
      objective, from: [1, 1], using: .levenbergMarquardt(), until: [.iterations(100)])
    #expect(result.isConverged && distance(result.parameters, [3, 0.4]) < 1e-12)
    let batches = try minimize(
      objective, from: [2.9, 0.41],
      using: Adam(batchSize: 4), until: [.iterations(50)])
    #expect(batches.best.loss.isFinite)
  }

  @Test("are judged and extrapolated with bands")
  func statistics() throws {
    let model = SampleModel(samples: Self.times, parameterCount: 2) { t, b in b[0] * exp(-b[1] * t)
    }
    let targets = Self.times.enumerated().map { 3 * exp(-0.4 * $1) + ($0 % 2 == 0 ? 0.01 : -0.01) }
    let objective = try LeastSquares(model, targets: targets)
    let result = try minimize(objective, from: [1, 1], using: .levenbergMarquardt())
    let statistics = try LeastSquaresStatistics(of: objective, at: result.parameters)
    let later = SampleModel(samples: [5.0], parameterCount: 2) { t, b in b[0] * exp(-b[1] * t) }
    let band = try statistics.bands(of: later)[0]
    #expect(band.confidence.contains(3 * exp(-0.4 * 5)))
  }

  @Test("say how many outputs came, and pass on what the function throws")
  func failures() throws {
    struct Failure: Error {}
    let wrong = SampleModel(sampleCount: 3, outputsPerSample: 2, parameterCount: 1) { _, b in b }
    #expect {
      try LeastSquares(residuals: wrong).value(at: [1].span)
    } throws: { error in
      "\(error)".contains("1 outputs, not 2")
    }
    for count in [3, 20_000] {
      let failing = SampleModel(sampleCount: count, parameterCount: 1) { i, b in
        if i == count - 1 { throw Failure() }
        return b[0]
      }
      let objective = try LeastSquares(residuals: failing)
      #expect(throws: Failure.self) { try objective.value(at: [1].span) }
      #expect(throws: Failure.self) { try objective.linearize(at: [1].span) }
    }
    for (samples, outputs, parameters) in [(0, 1, 1), (2, 0, 1), (2, 1, 0), (-1, 1, 1)] {
      let empty = SampleModel(
        sampleCount: samples, outputsPerSample: outputs, parameterCount: parameters
      ) { _, b in b }
      #expect(throws: OptimKitError.self, "\(samples) \(outputs) \(parameters)") {
        try LeastSquares(residuals: empty)
      }
    }
  }
}
