import OptimKit
import Synchronization

/// The derivatives of what is asked of each output with respect to the weighted sums of every layer, from which rows
/// of the Jacobian follow: row i k + o is, layer by layer, Σ over channels of δ ⊗ (a, 1).
///
/// Storage: k (c n Σ m + the widest layer's) scalars for layers of m neurons and c channels at n points.
final class NetworkSensitivities<Scalar: RealScalar>: @unchecked Sendable {
  private let state: NetworkState<Scalar>
  private let buffer: AlignedBuffer<Scalar>
  /// Where the numbers of each layer start, for the first output.
  private let places: [Int]
  /// The elements of one output.
  private let stride: Int

  private var pass: NetworkPass<Scalar> { state.pass }

  /// Propagates each output's derivative back through all layers.
  init(_ state: NetworkState<Scalar>) {
    self.state = state
    let pass = state.pass
    let length = pass.channels.length
    var places: [Int] = []
    var end = 0
    for layer in pass.layers {
      places.append(end)
      // One row more is the bias's, as the product with the transposed weights has it.
      end += (layer.outputs + 1) * length
    }
    (self.places, stride) = (places, end)
    buffer = pass.pool.take(pass.outputsPerPoint * end)
    for output in 0..<pass.outputsPerPoint {
      let start = buffer.baseAddress + output * stride
      seed(output, start + places[places.count - 1])
      for number in pass.layers.indices.dropFirst().reversed() {
        state.pullBack(start + places[number], through: number, into: start + places[number - 1])
      }
    }
  }

  deinit { pass.pool.give(buffer) }

  /// Of output `output` and layer `number`: m × channels · n.
  func layer(_ number: Int, output: Int) -> UnsafeMutablePointer<Scalar> {
    buffer.baseAddress + output * stride + places[number]
  }

  /// The derivative of what is asked of `output` with respect to the outputs.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func seed(_ output: Int, _ target: UnsafeMutablePointer<Scalar>) {
    let points = pass.pointCount
    for other in 0..<pass.outputsPerPoint {
      for (channel, coefficient) in pass.coefficients.enumerated() {
        (target + other * pass.channels.length + channel * points).update(
          repeating: other == output ? coefficient : 0, count: points)
      }
    }
  }

  /// result ← rows `rows` of J, p elements each.
  func copyRows(_ rows: Range<Int>, into result: UnsafeMutablePointer<Scalar>) {
    let outputs = pass.outputsPerPoint
    let columns = pass.architecture.parameterCount
    let needsScratch = pass.layers.indices.contains { kind(of: $0) == .between }
    let scratch = AlignedBuffer<Scalar>(
      count: needsScratch ? 2 * pass.largestWidth * pass.channels.count * Self.blockLength : 0)
    for (number, layer) in pass.layers.enumerated() {
      state.withInputs(number) { inputs in
        for output in 0..<outputs {
          // The first row of this output.
          let skipped = (output - rows.lowerBound % outputs + outputs) % outputs
          let deltas = self.layer(number, output: output)
          var row = rows.lowerBound + skipped
          while row < rows.upperBound {
            let left = (rows.upperBound - row + outputs - 1) / outputs
            let count = min(Self.blockLength, left)
            let points = row / outputs..<row / outputs + count
            let target =
              result + (row - rows.lowerBound) * columns + layer.parameters.lowerBound
            let rowStride = outputs * columns
            switch kind(of: number) {
            case .output:
              copyOutputs(
                layer, of: output, points: points, inputs, into: target, stride: rowStride)
            case .coordinates:
              copyFirst(layer, points: points, deltas, inputs, into: target, stride: rowStride)
            case .between:
              copyProducts(
                layer, points: points, deltas, inputs, scratch.baseAddress, into: target,
                stride: rowStride)
            }
            row += count * outputs
          }
        }
      }
    }
  }

  /// What is known of the rows of a layer's parameters.
  private enum Kind {
    /// Its sums are what is asked.
    case output
    /// Coordinates enter it, and their derivatives.
    case coordinates
    /// Nothing.
    case between
  }

  private func kind(of number: Int) -> Kind {
    if number == pass.layers.count - 1 { return .output }
    return number == 0 && pass.channels.hasDerivatives ? .coordinates : .between
  }

  /// Points whose numbers are read together: they lie side by side in memory.
  private static var blockLength: Int { 8 }

  /// The slopes of what enters the layer are 1 along each coordinate itself and 0 along others.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func copyFirst(
    _ layer: NetworkArchitecture.Layer, points: Range<Int>, _ deltas: UnsafePointer<Scalar>,
    _ inputs: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    let (n, length) = (pass.channels.points, pass.channels.length)
    let dimension = layer.inputs
    for neuron in 0..<layer.outputs {
      let delta = deltas + neuron * length + points.lowerBound
      let target = result + neuron * (dimension + 1)
      for coordinate in 0..<dimension {
        let place = target + coordinate
        let input = inputs + coordinate * length + points.lowerBound
        let slope = delta + (1 + coordinate) * n
        for i in 0..<points.count { place[i * stride] = delta[i] * input[i] + slope[i] }
      }
      let bias = target + dimension
      for i in 0..<points.count { bias[i * stride] = delta[i] }
    }
  }

  /// What is asked of an output is linear in its own weights, and others' do not matter.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func copyOutputs(
    _ layer: NetworkArchitecture.Layer, of output: Int, points: Range<Int>,
    _ inputs: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    let (n, length) = (pass.channels.points, pass.channels.length)
    let columns = layer.inputs + 1
    for i in 0..<points.count {
      (result + i * stride).update(repeating: 0, count: layer.outputs * columns)
    }
    for (channel, coefficient) in pass.coefficients.enumerated() where coefficient != 0 {
      let source = inputs + channel * n + points.lowerBound
      let target = result + output * columns
      for column in 0..<columns {
        let (source, target) = (source + column * length, target + column)
        for i in 0..<points.count { target[i * stride] += coefficient * source[i] }
      }
    }
  }

  /// The sum over channels of δ ⊗ (a, 1).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func copyProducts(
    _ layer: NetworkArchitecture.Layer, points: Range<Int>, _ deltas: UnsafePointer<Scalar>,
    _ inputs: UnsafePointer<Scalar>, _ scratch: UnsafeMutablePointer<Scalar>,
    into result: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    let channels = pass.channels
    let columns = layer.inputs + 1
    let leftSize = layer.outputs * channels.count
    let rightSize = columns * channels.count
    let left = scratch
    let right = scratch + Self.blockLength * leftSize
    for channel in 0..<channels.count {
      let first = channel * channels.points + points.lowerBound
      for neuron in 0..<layer.outputs {
        let source = deltas + neuron * channels.length + first
        for point in 0..<points.count {
          left[point * leftSize + channel * layer.outputs + neuron] = source[point]
        }
      }
      for neuron in 0..<columns {
        let source = inputs + neuron * channels.length + first
        for point in 0..<points.count {
          right[point * rightSize + channel * columns + neuron] = source[point]
        }
      }
    }
    for point in 0..<points.count {
      let target = result + point * stride
      let (left, right) = (left + point * leftSize, right + point * rightSize)
      for neuron in 0..<layer.outputs {
        let row = target + neuron * columns
        let first = left[neuron]
        for column in 0..<columns { row[column] = first * right[column] }
        for channel in 1..<max(channels.count, 1) {
          let factor = left[channel * layer.outputs + neuron]
          let values = right + channel * columns
          for column in 0..<columns { row[column] += factor * values[column] }
        }
      }
    }
  }
}
