import OptimKit

/// Values alone: nothing is kept of the layers, and a block of points goes through all of them while its numbers are in
/// cache.
extension NetworkPass {
  /// The points of a block: 2¹⁴ scalars in the widest layer, but no fewer than 16 points and no more than 128.
  static func blockLength(_ architecture: NetworkArchitecture, _ channels: TaylorChannels) -> Int {
    let width = architecture.layers.reduce(1) { max($0, $1.inputs + 1, $1.outputs + 1) }
    let length = (1 << 14) / (width * keptChannels(architecture, channels))
    return max(16, min(128, length / 8 * 8))
  }

  /// The channels of a layer that are kept for the next one; of a single hidden layer, the value of its sums alone.
  private static func keptChannels(
    _ architecture: NetworkArchitecture, _ channels: TaylorChannels
  ) -> Int {
    architecture.hiddenWidths.count < 2 ? 1 : channels.count
  }

  /// outputs ← what is asked of the networks' outputs, pass by pass.
  static func evaluate(
    _ passes: [NetworkPass], at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>
  ) {
    var blocks: [(pass: NetworkPass, points: Range<Int>, firstOutput: Int)] = []
    var start = 0
    var work = 0
    for pass in passes {
      let count = pass.pointCount
      let length = blockLength(pass.architecture, pass.channels)
      for first in stride(from: 0, to: count, by: length) {
        blocks.append(
          (pass, first..<min(count, first + length), start + first * pass.outputsPerPoint))
      }
      start += pass.outputCount
      work += pass.channels.length * pass.architecture.parameterCount
    }
    precondition(outputs.count == start)
    // Blocks are side by side from 2¹⁶ products on.
    let pieces = work < 1 << 16 ? 1 : blocks.count
    parameters.withUnsafeBufferPointer { parameters in
      outputs.withUnsafeMutableBufferPointer { outputs in
        let (parameters, outputs) = (Shared(parameters.baseAddress!), Shared(outputs.baseAddress!))
        let all = blocks
        ThreadPool.forEach(pieces) { piece in
          for block in all[ThreadPool.piece(piece, of: pieces, in: all.indices)] {
            block.pass.evaluate(
              block.points, at: parameters.pointer, into: outputs.pointer + block.firstOutput)
          }
        }
      }
    }
  }

  /// outputs ← what is asked of the outputs at some of the points.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func evaluate(
    _ points: Range<Int>, at parameters: UnsafePointer<Scalar>,
    into outputs: UnsafeMutablePointer<Scalar>
  ) {
    let n = points.count
    let block = TaylorChannels(
      points: n, slopes: channels.slopes, hasLaplacian: channels.hasLaplacian)
    let size = largestWidth * Self.keptChannels(architecture, channels) * n
    let rowsSize = EvaluationRows<Scalar>.size(block)
    Scalar.routines.scratch.withBuffer(count: 2 * size + rowsSize + outputsPerPoint * n) { memory in
      var (before, after) = (memory, memory + size)
      let rows = EvaluationRows(memory + 2 * size, block)
      let sums = memory + 2 * size + rowsSize
      copyCoordinates(points, into: before)
      startSums(n, parameters, from: before, into: sums)
      for (number, layer) in layers.enumerated() {
        guard let activation = layer.activation else { continue }
        let weights = parameters + layer.parameters.lowerBound
        let (isFirst, isLast) = (number == 0, number == layers.count - 2)
        // Inputs have one channel that is not constant.
        Self.multiply(
          weights, .plain, before, .plain, rows: layer.outputs, inner: layer.inputs + 1,
          columns: isFirst ? n : block.length, into: after)
        if isFirst { swap(&before, &after) }
        // Short rows that lie side by side go through the activation together.
        let together = isFirst && isLast ? rows.capacity : 1
        for first in stride(from: 0, to: layer.outputs, by: together) {
          let z = isFirst ? before + first * n : after + first * block.length
          let value = isLast ? rows.combined : after + first * block.length
          let neurons = first..<min(first + together, layer.outputs)
          activation.apply(
            to: z, count: neurons.count * n, value: value,
            first: block.order > 0 ? rows.first : nil, second: block.order > 1 ? rows.second : nil)
          for neuron in neurons {
            let slopes = isFirst ? weights + neuron * (layer.inputs + 1) : nil
            if isLast {
              let row = rows.combine(neuron - first, z: z, slopes, by: coefficients)
              add(neuron, row, n, parameters, to: sums)
            } else {
              rows.activate(z: z, slopes, into: value)
            }
          }
        }
        if isLast { break }
        let bias = after + layer.outputs * block.length
        bias.update(repeating: 1, count: n)
        (bias + n).update(repeating: 0, count: block.length - n)
        swap(&before, &after)
      }
      copySums(sums, n, into: outputs)
    }
  }

  /// target ← the coordinates of some points, and ones: (d + 1) × n.
  func copyCoordinates(_ points: Range<Int>, into target: UnsafeMutablePointer<Scalar>) {
    inputs.withUnsafeBufferPointer { inputs in
      for row in 0...architecture.inputCount {
        let source = inputs.baseAddress! + row * channels.length + points.lowerBound
        (target + row * points.count).update(from: source, count: points.count)
      }
    }
  }

  /// sums ← the part of what is asked that no hidden neuron has: biases, and everything where there is none.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func startSums(
    _ n: Int, _ parameters: UnsafePointer<Scalar>, from inputs: UnsafePointer<Scalar>,
    into sums: UnsafeMutablePointer<Scalar>
  ) {
    let layer = layers[layers.count - 1]
    let isLinear = layers.count == 1
    for output in 0..<outputsPerPoint {
      let weights = parameters + layer.parameters.lowerBound + output * (layer.inputs + 1)
      var constant = coefficients[0] * weights[layer.inputs]
      if isLinear {
        for slope in 0..<channels.slopes { constant += coefficients[1 + slope] * weights[slope] }
      }
      let sums = sums + output * n
      for i in 0..<n { sums[i] = constant }
      guard isLinear else { continue }
      for input in 0..<layer.inputs {
        let factor = coefficients[0] * weights[input]
        for i in 0..<n { sums[i] += factor * inputs[input * n + i] }
      }
    }
  }

  /// Adds a neuron of the last hidden layer to all outputs.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func add(
    _ neuron: Int, _ row: UnsafePointer<Scalar>, _ n: Int, _ parameters: UnsafePointer<Scalar>,
    to sums: UnsafeMutablePointer<Scalar>
  ) {
    let layer = layers[layers.count - 1]
    let weights = parameters + layer.parameters.lowerBound + neuron
    for output in 0..<outputsPerPoint {
      let weight = weights[output * (layer.inputs + 1)]
      let sums = sums + output * n
      for i in 0..<n { sums[i] += weight * row[i] }
    }
  }

  /// outputs ← sums, point by point.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func copySums(
    _ sums: UnsafePointer<Scalar>, _ n: Int, into outputs: UnsafeMutablePointer<Scalar>
  ) {
    let count = outputsPerPoint
    for output in 0..<count {
      for i in 0..<n { outputs[i * count + output] = sums[output * n + i] }
    }
  }
}
