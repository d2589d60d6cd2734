import OptimKit

extension NetworkState {
  /// result ← J v: the change of what is asked of the outputs along v (forward mode), by two products of matrices a
  /// layer.
  func multiply(_ v: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>) {
    let channels = pass.channels
    let size = pass.largestWidth * channels.length
    pass.pool.withBuffer(2 * size) { memory in
      var (before, after) = (memory, memory + size)
      for (number, layer) in pass.layers.enumerated() {
        let (rows, inner) = (layer.outputs, layer.inputs + 1)
        withInputs(number) { inputs in
          NetworkPass.multiply(
            v + layer.parameters.lowerBound, .plain, inputs, .plain, rows: rows, inner: inner,
            columns: channels.length, into: after)
        }
        if number > 0 {
          withWeights(number) { weights in
            NetworkPass.multiply(
              weights, .plain, before, .plain, rows: rows, inner: inner, columns: channels.length,
              plus: 1, into: after)
          }
        }
        if layer.activation != nil {
          forEachNeuron(of: number, after) { $0.pushForward($1) }
          // The bias does not change.
          UnsafeMutableBufferPointer(
            start: after + rows * channels.length, count: channels.length
          ).clear(from: 0)
        }
        swap(&before, &after)
      }
      pass.combine(before, into: result)
    }
  }

  /// result ← Jᵀ u + β · result (backpropagation), by two products of matrices a layer.
  func multiplyTransposed(
    _ u: UnsafePointer<Scalar>, plus beta: Scalar = 0, into result: UnsafeMutablePointer<Scalar>
  ) {
    let length = pass.channels.length
    let size = pass.largestWidth * length
    pass.pool.withBuffer(2 * size) { memory in
      var (above, below) = (memory, memory + size)
      pass.distribute(u, into: above)
      for number in pass.layers.indices.reversed() {
        let layer = pass.layers[number]
        withInputs(number) { inputs in
          NetworkPass.multiply(
            above, .plain, inputs, .transposed, rows: layer.outputs, inner: length,
            columns: layer.inputs + 1, plus: beta, into: result + layer.parameters.lowerBound)
        }
        if number > 0 { pullBack(above, through: number, into: below) }
        swap(&above, &below)
      }
    }
  }

  /// below ← derivatives with respect to the weighted sums of layer `number` − 1, given those of layer `number`; a
  /// row more is scratch.
  func pullBack(
    _ above: UnsafeMutablePointer<Scalar>, through number: Int,
    into below: UnsafeMutablePointer<Scalar>
  ) {
    let layer = pass.layers[number]
    withWeights(number) { weights in
      NetworkPass.multiply(
        weights, .transposed, above, .plain, rows: layer.inputs + 1, inner: layer.outputs,
        columns: pass.channels.length, into: below)
    }
    forEachNeuron(of: number - 1, below) { $0.pullBack($1) }
  }

  /// Calls `body` with each neuron of hidden layer `number` and its row of `memory`.
  private func forEachNeuron(
    of number: Int, _ memory: UnsafeMutablePointer<Scalar>,
    _ body: @Sendable (NeuronRow<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let memory = Shared(memory)
    let length = pass.channels.length
    pass.forEachNeurons(of: pass.layers[number].outputs) { neurons in
      for neuron in neurons {
        body(self.neuron(neuron, of: number), memory.pointer + neuron * length)
      }
    }
  }
}
