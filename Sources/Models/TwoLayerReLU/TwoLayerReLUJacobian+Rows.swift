import OptimKit

extension TwoLayerReLUJacobian: RowAccessible {
  /// result ← rows `rows` of J.
  ///
  /// - Complexity: O(rows · m d).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rows.count * columnCount)
    let matrix = network.samples.features
    let features = matrix.storage.span
    let featureCount = network.featureCount
    let scale = Scalar(network.outputScale)
    var element = 0
    for row in rows {
      let (sample, output) = row.quotientAndRemainder(dividingBy: network.outputsPerSample)
      let signs = network.signs.storage.span.extracting(
        output * network.width..<(output + 1) * network.width)
      for neuron in 0..<network.width {
        let left = bits.isActive(neuron: neuron, sample: sample) ? scale * signs[neuron] : 0
        for feature in 0..<featureCount {
          result[element] = left * features[sample * featureCount + feature]
          element += 1
        }
      }
    }
  }
}

extension TwoLayerReLUJacobian: LeftFactorLanes {
  /// m.
  public var leftFactorCount: Int { network.width }

  /// d.
  public var rightFactorCount: Int { network.featureCount }

  /// result ← elements `elements` of (a_o ∘ [Wxᵢ > 0]) / √m.
  ///
  /// - Complexity: O(rows · elements).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func copyLeftFactors(
    rows: Range<Int>, elements: Range<Int>, into result: inout MutableSpan<Scalar>
  ) {
    precondition(result.count == rows.count * elements.count)
    let scale = Scalar(network.outputScale)
    let signs = network.signs.storage.span
    var element = 0
    for row in rows {
      let (sample, output) = row.quotientAndRemainder(dividingBy: network.outputsPerSample)
      for neuron in elements {
        let isActive = bits.isActive(neuron: neuron, sample: sample)
        result[element] = isActive ? scale * signs[output * network.width + neuron] : 0
        element += 1
      }
    }
  }

  /// Row a of result ← element `elements.lowerBound` + a of (a_o ∘ [Wxᵢ > 0]) / √m for rows i k + o in `rows`,
  /// then zeros.
  ///
  /// - Complexity: O(elements · lanes), by words of activation bits.
  public func copyLeftFactors(
    rows: Range<Int>, elements: Range<Int>, lanes: Int, into result: inout MutableSpan<Scalar>
  ) {
    precondition(rows.count <= lanes && result.count == elements.count * lanes)
    network.withKernelNetwork { shape in
      network.negativeSigns.withUnsafeBufferPointer { negative in
        result.withUnsafeMutableBufferPointer {
          Scalar.routines.kernels.reluLeftFactors(
            shape, bits.words.baseAddress, negative.baseAddress, rows.lowerBound, rows.count,
            elements.lowerBound, $0.baseAddress, elements.count, lanes)
        }
      }
    }
  }

  /// result ← xᵢ.
  ///
  /// - Complexity: O(rows · d).
  public func copyRightFactors(rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    let count = network.featureCount
    let matrix = network.samples.features
    precondition(result.count == rows.count * count)
    for (position, row) in rows.enumerated() {
      let sample = row / network.outputsPerSample
      let features = matrix.storage.span.extracting(sample * count..<(sample + 1) * count)
      result.withSlice(position * count..<(position + 1) * count) {
        Scalar.copy(features, into: &$0)
      }
    }
  }
}
