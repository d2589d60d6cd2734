import Foundation
import OptimKit

/// A model of one's own: exponential decay f(t) = a exp(−b t) + c with parameters (a, b, c).
///
/// All that a model needs is here: values, and a Jacobian at a point.
struct DecayModel: Model {
  /// When it was measured, one time a sample.
  let times: [Double]

  var parameterCount: Int { 3 }
  var outputCount: Int { times.count }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    for (i, time) in times.enumerated() {
      outputs[i] = parameters[0] * exp(-parameters[1] * time) + parameters[2]
    }
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> DecayJacobian {
    evaluate(at: parameters, into: &outputs)
    return DecayJacobian(times: times, amplitude: parameters[0], rate: parameters[1])
  }
}

/// Its Jacobian. Two products make it usable with conjugate gradients; `RowAccessible` adds sketches and
/// the exact solver.
struct DecayJacobian: RowAccessible {
  let times: [Double]
  let amplitude: Double
  let rate: Double

  var rowCount: Int { times.count }
  var columnCount: Int { 3 }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    for i in times.indices {
      let row = row(i)
      result[i] = row.0 * x[0] + row.1 * x[1] + row.2 * x[2]
    }
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {
    for column in 0..<3 { result[column] = 0 }
    for i in times.indices {
      let row = row(i)
      result[0] += row.0 * u[i]
      result[1] += row.1 * u[i]
      result[2] += row.2 * u[i]
    }
  }

  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Double>) {
    for (position, i) in rows.enumerated() {
      let row = row(i)
      result[3 * position] = row.0
      result[3 * position + 1] = row.1
      result[3 * position + 2] = row.2
    }
  }

  /// The derivatives of sample i with respect to a, b and c.
  private func row(_ i: Int) -> (Double, Double, Double) {
    let decay = exp(-rate * times[i])
    return (decay, -amplitude * times[i] * decay, 1)
  }
}
