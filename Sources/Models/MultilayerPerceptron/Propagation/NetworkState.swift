import OptimKit

/// A network at its points for one choice of parameters: the activations and the derivatives of every hidden layer.
///
/// Written once, by `init`, and only read afterwards. Storage: for each hidden layer of m neurons, 2 m c n scalars for
/// c channels at n points (m n for the value alone, m c n in the first layer), and up to 4 m n for derivatives of the
/// activation.
final class NetworkState<Scalar: RealScalar>: @unchecked Sendable {
  let pass: NetworkPass<Scalar>
  let parameters: [Scalar]
  private let buffer: AlignedBuffer<Scalar>
  private let places: [Places]

  /// Where in the buffer a hidden layer's numbers start.
  private struct Places {
    /// (m + 1) × channels · n: activations, and the channels of the bias.
    let activations: Int
    /// m × channels · n: weighted sums; of the first layer m × d, their slopes. The activations' own place for the value
    /// alone.
    let sums: Int
    /// m × n each; no squares of the first layer, whose sums are where σ′ comes.
    let first, second, third, square: Int
  }

  /// Propagates the points through the hidden layers.
  init(_ pass: NetworkPass<Scalar>, at parameters: Span<Scalar>) {
    self.pass = pass
    self.parameters = [Scalar](unsafeUninitializedCapacity: parameters.count) { copy, count in
      parameters.withUnsafeBufferPointer { _ = copy.initialize(from: $0) }
      count = parameters.count
    }
    var end = 0
    func reserve(_ count: Int) -> Int {
      defer { end += (count + 15) / 16 * 16 }
      return end
    }
    let channels = pass.channels
    places = pass.layers.dropLast().enumerated().map { number, layer in
      let activations = reserve((layer.outputs + 1) * channels.length)
      let each = layer.outputs * channels.points
      return Places(
        activations: activations,
        sums: channels.hasDerivatives
          ? reserve(layer.outputs * (number > 0 ? channels.length : channels.slopes)) : activations,
        first: reserve(each), second: channels.hasDerivatives ? reserve(each) : 0,
        third: channels.hasLaplacian ? reserve(each) : 0,
        square: channels.hasLaplacian && number > 0 ? reserve(each) : 0)
    }
    buffer = pass.pool.take(end)
    propagate()
  }

  deinit { pass.pool.give(buffer) }

  /// Calls `body` with the weights of layer `number`, outputs × (inputs + 1).
  func withWeights<Result>(
    _ number: Int, _ body: (UnsafePointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try parameters.withUnsafeBufferPointer {
      try body($0.baseAddress! + pass.layers[number].parameters.lowerBound)
    }
  }

  /// Calls `body` with what enters layer `number`, (inputs + 1) × channels · n.
  func withInputs<Result>(
    _ number: Int, _ body: (UnsafePointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    guard number > 0 else {
      return try pass.inputs.withUnsafeBufferPointer { try body($0.baseAddress!) }
    }
    return try body(buffer.baseAddress + places[number - 1].activations)
  }

  /// Neuron `neuron` of hidden layer `number`.
  func neuron(_ neuron: Int, of number: Int) -> NeuronRow<Scalar> {
    let place = places[number]
    let start = buffer.baseAddress
    let channels = pass.channels
    let offset = neuron * channels.points
    // The slopes of the first layer's sums are its weights at all points.
    let isConstant = number == 0 && channels.hasDerivatives
    return NeuronRow(
      channels: channels,
      z: isConstant ? start + place.first + offset : start + place.sums + neuron * channels.length,
      slopes: isConstant ? start + place.sums + neuron * channels.slopes : nil,
      first: start + place.first + offset, second: start + place.second + offset,
      third: start + place.third + offset, square: start + place.square + offset)
  }

  private func propagate() {
    let channels = pass.channels
    for (number, layer) in pass.layers.enumerated() {
      guard let activation = layer.activation else { continue }
      if number == 0, channels.hasDerivatives { sumFirst(layer) } else { sum(layer, number) }
      let target = Shared(buffer.baseAddress + places[number].activations)
      setBias(target.pointer + layer.outputs * channels.length)
      pass.forEachNeurons(of: layer.outputs) { neurons in
        for neuron in neurons {
          let row = self.neuron(neuron, of: number)
          let values = target.pointer + neuron * channels.length
          activation.apply(
            to: row.z, count: channels.points, value: values,
            first: row.first, second: channels.order > 0 ? row.second : nil,
            third: channels.order > 1 ? row.third : nil)
          if channels.hasDerivatives { row.activateDerivatives(into: values) }
        }
      }
    }
  }

  /// The weighted sums of layer `number`.
  private func sum(_ layer: NetworkArchitecture.Layer, _ number: Int) {
    let sums = buffer.baseAddress + places[number].sums
    withWeights(number) { weights in
      withInputs(number) { inputs in
        NetworkPass.multiply(
          weights, .plain, inputs, .plain, rows: layer.outputs, inner: layer.inputs + 1,
          columns: pass.channels.length, into: sums)
      }
    }
  }

  /// The weighted sums of the first layer, values alone, and their slopes: the weights at all points.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func sumFirst(_ layer: NetworkArchitecture.Layer) {
    let (channels, columns) = (pass.channels, layer.inputs + 1)
    let slopes = buffer.baseAddress + places[0].sums
    let sums = buffer.baseAddress + places[0].first
    withWeights(0) { weights in
      for neuron in 0..<layer.outputs {
        (slopes + neuron * channels.slopes).update(
          from: weights + neuron * columns, count: channels.slopes)
      }
      pass.pool.withBuffer(columns * channels.points) { coordinates in
        pass.copyCoordinates(0..<channels.points, into: coordinates)
        NetworkPass.multiply(
          weights, .plain, coordinates, .plain, rows: layer.outputs, inner: columns,
          columns: channels.points, into: sums)
      }
    }
  }

  /// The channels of what is 1 everywhere.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func setBias(_ row: UnsafeMutablePointer<Scalar>) {
    row.update(repeating: 1, count: pass.channels.points)
    (row + pass.channels.points).update(
      repeating: 0, count: pass.channels.length - pass.channels.points)
  }
}
