import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// The article OwnModel of the catalogue of OptimKit, and the landing page of OptimKitTesting.
@Suite("The snippets of the article on a model of one's own run")
struct OwnModelSnippets {
  private let positions = (0..<400).map { 0.025 * Double($0) }
  private let truth: [Double] = [3, 2, 0.3, 1.5, 5, 0.8, 2, 6.5, 0.4, 0.2]

  private func counts() throws -> [Double] {
    let peaks = Peaks(positions: positions, peakCount: 3)
    var outputs = [Double](repeating: 0, count: positions.count)
    var span = outputs.mutableSpan
    peaks.evaluate(at: truth.span, into: &span)
    let noise: [Double] = RandomKey(seed: 3, purpose: "noise").normalVector(positions.count)
    return zip(outputs, noise).map { $0 + 0.02 * $1 }
  }

  @Test func conformance() {
    let positions = positions
    // snippet
    let peaks = Peaks(positions: positions, peakCount: 3)
    let issues = conformanceIssues(of: peaks, at: [3, 2, 1, 1.5, 5, 1.5, 2, 6.5, 1, 0.2])
    #expect(issues == [])
    // end of snippet
  }

  @Test func fitting() throws {
    let (positions, counts) = (positions, try counts())
    // snippet
    let objective = try LeastSquares(
      Peaks(positions: positions, peakCount: 3), targets: counts)
    let start: [Double] = [2.5, 1.9, 0.5, 1, 4.8, 0.5, 2.5, 6.6, 0.5, 0]
    let dense = try minimize(objective, from: start, using: .levenbergMarquardt())
    let iterative = try minimize(
      objective, from: start, using: .steihaugTrustRegion(), until: [.relativeStep(1e-10)])
    // end of snippet
    #expect(dense.isConverged && iterative.isConverged)
    for (fitted, true_) in zip(dense.parameters, truth) { #expect(abs(fitted - true_) < 0.05) }
    for (one, other) in zip(dense.parameters, iterative.parameters) {
      #expect(abs(one - other) < 1e-5)
    }

    // snippet
    let kept = Array(stride(from: 0, to: 400, by: 2))
    let heldOut = Array(stride(from: 1, to: 400, by: 2))
    let training = try objective.restricted(to: kept)
    let validation = try objective.restricted(to: heldOut)
    let fit = try minimize(training, from: start, using: .levenbergMarquardt())
    let error = try validation.value(at: fit.parameters.span)
    // end of snippet
    // Half the sum of squares of 200 residuals of standard deviation 0.02.
    #expect(abs(error / 0.04 - 1) < 0.4)
  }
}

// snippet
struct Peaks: Model {
  let positions: [Double]
  let peakCount: Int

  var parameterCount: Int { 3 * peakCount + 1 }
  var outputCount: Int { positions.count }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    _ = shapes(at: parameters, outputs: &outputs)
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> PeaksJacobian {
    let shapes = shapes(at: parameters, outputs: &outputs)
    return PeaksJacobian(
      positions: positions, parameters: parameters.indices.map { parameters[$0] }, shapes: shapes)
  }

  /// outputs ← f(θ); the exponentials, peak after peak.
  private func shapes(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> [Double] {
    for i in outputs.indices { outputs[i] = parameters[3 * peakCount] }
    var shapes: [Double] = []
    shapes.reserveCapacity(peakCount * positions.count)
    for peak in 0..<peakCount {
      let (height, center) = (parameters[3 * peak], parameters[3 * peak + 1])
      let width = parameters[3 * peak + 2]
      for i in positions.indices {
        let u = (positions[i] - center) / width
        let shape = exp(-u * u / 2)
        outputs[i] += height * shape
        shapes.append(shape)
      }
    }
    return shapes
  }
}
// end of snippet

// snippet
struct PeaksJacobian: JacobianProvider {
  let positions: [Double]
  let parameters: [Double]
  let shapes: [Double]

  var rowCount: Int { positions.count }
  var columnCount: Int { parameters.count }
  var peakCount: Int { parameters.count / 3 }

  /// The derivatives of output i with respect to height, center and width of a peak.
  func slopes(_ i: Int, _ peak: Int) -> SIMD3<Double> {
    let shape = shapes[peak * positions.count + i]
    let u = (positions[i] - parameters[3 * peak + 1]) / parameters[3 * peak + 2]
    let slope = parameters[3 * peak] * shape * u / parameters[3 * peak + 2]
    return [shape, slope, slope * u]
  }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    for i in result.indices { result[i] = x[3 * peakCount] }
    for peak in 0..<peakCount {
      let change = SIMD3(x[3 * peak], x[3 * peak + 1], x[3 * peak + 2])
      for i in result.indices { result[i] += (slopes(i, peak) * change).sum() }
    }
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {
    for peak in 0..<peakCount {
      var sum = SIMD3<Double>()
      for i in u.indices { sum += u[i] * slopes(i, peak) }
      for k in 0..<3 { result[3 * peak + k] = sum[k] }
    }
    var sum = 0.0
    for i in u.indices { sum += u[i] }
    result[3 * peakCount] = sum
  }
}
// end of snippet

// snippet
extension PeaksJacobian: RowAccessible {
  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Double>) {
    for (place, i) in rows.enumerated() {
      let first = place * columnCount
      for peak in 0..<peakCount {
        let slopes = slopes(i, peak)
        for k in 0..<3 { result[first + 3 * peak + k] = slopes[k] }
      }
      result[first + 3 * peakCount] = 1
    }
  }
}
// end of snippet

// snippet
extension Peaks: Restrictable {
  func restricted(to samples: [Int]) throws -> Peaks {
    guard samples.allSatisfy(positions.indices.contains) else {
      throw OptimKitError(
        .invalidArgument, cause: "a sample that is not among \(positions.count)",
        remedy: "give numbers from 0 on")
    }
    return Peaks(positions: samples.map { positions[$0] }, peakCount: peakCount)
  }
}
// end of snippet

// snippet
extension PeaksJacobian: WorkStating {
  var productWork: Work { Work(scalarOperations: 10 * Double(rowCount * peakCount)) }
  var gramProductWork: Work { 2 * productWork }
  var gramWork: Work {
    Double(rowCount) * rowWork
      + Work(matrixOperations: Double(rowCount * rowCount * columnCount))
  }
  var rowWork: Work { Work(scalarOperations: 10 * Double(peakCount)) }
}
// end of snippet
