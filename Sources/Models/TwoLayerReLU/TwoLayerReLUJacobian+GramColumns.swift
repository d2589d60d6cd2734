import OptimKit

extension TwoLayerReLUJacobian: GramColumns {
  /// result ← the diagonal of J Jᵀ: ‖xᵢ‖² times the share of active neurons, for each output alike.
  ///
  /// - Complexity: O(n m / 64 + n d).
  public func copyGramDiagonal(into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rowCount)
    let outputs = network.outputsPerSample
    let features = network.featureCount
    let matrix = network.samples.features
    for sample in 0..<network.sampleCount {
      let x = matrix.storage.span.extracting(sample * features..<(sample + 1) * features)
      let words = bits.words[sample * bits.wordsPerSample..<(sample + 1) * bits.wordsPerSample]
      let active = words.reduce(0) { $0 + $1.nonzeroBitCount }
      let value = Scalar.dot(x, x) * Scalar(active) * network.gramScale
      for output in 0..<outputs { result[sample * outputs + output] = value }
    }
  }

  /// Row i of result ← column `columns[i]` of J Jᵀ, by AND and population count of activation bits.
  ///
  /// - Complexity: O(columns · n (k m / 64 + d)).
  public func copyGramColumns(_ columns: [Int], into result: inout MutableSpan<Scalar>) {
    precondition(result.count == columns.count * rowCount)
    let outputs = network.outputsPerSample
    for second in 0..<outputs {
      let positions = columns.indices.filter { columns[$0] % outputs == second }
      guard !positions.isEmpty else { continue }
      let block = GramColumnBlock(
        positions: positions, samples: positions.map { columns[$0] / outputs },
        inner: innerProducts(with: positions.map { columns[$0] / outputs }))
      for first in 0..<outputs { compute(block, output: first, with: second, into: &result) }
    }
  }

  /// Columns of one output: the rows of the result that they go to, their samples, and ⟨xᵢ, xⱼ⟩ for all i
  /// and these j, n × columns.
  private struct GramColumnBlock: Sendable {
    var positions: [Int]
    var samples: [Int]
    var inner: Matrix<Scalar>
  }

  private func innerProducts(with samples: [Int]) -> Matrix<Scalar> {
    let features = network.samples.features
    let chosen = features.selectingRows(samples)
    var result = Matrix<Scalar>(rowCount: network.sampleCount, columnCount: samples.count)
    result.withMutableElements {
      Scalar.multiply(
        features.storage.span, .plain, chosen.storage.span, .transposed,
        rows: features.rowCount, inner: features.columnCount, columns: samples.count, into: &$0)
    }
    return result
  }

  /// Elements of output `first` in columns of output `second`, rows shared out over threads.
  private func compute(
    _ block: GramColumnBlock, output first: Int, with second: Int,
    into result: inout MutableSpan<Scalar>
  ) {
    let samples = network.sampleCount
    let outputs = network.outputsPerSample
    let order = rowCount
    let negative = first == second ? nil : negativeProducts(first, second)
    let blockLength = 64
    result.withUnsafeMutableBufferPointer { result in
      let target = Shared(result.baseAddress!)
      ThreadPool.forEachBlock((samples + blockLength - 1) / blockLength) { number in
        let rows = number * blockLength..<min(samples, (number + 1) * blockLength)
        var counter = GramRowCounter<Scalar>(bits: bits, samples: block.samples)
        for row in rows {
          counter.count(
            row, inner: block.inner, negative: negative, scale: network.gramScale)
          counter.copyValues(
            to: target.pointer + row * outputs + first, rows: block.positions, length: order)
        }
      }
    }
  }
}

/// Runs the bit-Gram kernel on the bits of chosen samples with those of one more sample below them: the last
/// row of that small Gram matrix is what is wanted.
private struct GramRowCounter<Scalar: RealScalar> {
  private let bits: ActivationBits
  private let count: Int
  private var words: [UInt64]
  /// ⟨xᵢ, xⱼ⟩, of which the kernel reads the last row alone.
  private var inner: [Scalar]
  /// The row of the Gram matrix; its last element is that of the sample with itself, unused.
  private var values: [Scalar]

  init(bits: ActivationBits, samples: [Int]) {
    self.bits = bits
    count = samples.count
    let length = bits.wordsPerSample
    words = [UInt64](repeating: 0, count: (count + 1) * length)
    words.withUnsafeMutableBufferPointer { words in
      for (position, sample) in samples.enumerated() {
        Self.copyWords(of: sample, bits, to: words.baseAddress! + position * length)
      }
    }
    inner = Scalar.zeros((count + 1) * (count + 1))
    values = Scalar.zeros(count + 1)
  }

  mutating func count(
    _ row: Int, inner matrix: Matrix<Scalar>, negative: [UInt64]?, scale: Scalar
  ) {
    let length = bits.wordsPerSample
    let count = count
    words.withUnsafeMutableBufferPointer {
      Self.copyWords(of: row, bits, to: $0.baseAddress! + count * length)
    }
    let products = matrix.storage.span.extracting(row * count..<(row + 1) * count)
    var elements = inner.mutableSpan
    elements.withSlice(count * (count + 1)..<count * (count + 1) + count) {
      Scalar.copy(products, into: &$0)
    }
    negative.withUnsafeBufferPointerOrNil { negative in
      values.withUnsafeMutableBufferPointer { values in
        // Row `count` of the result starts at the beginning of `values`.
        Scalar.routines.kernels.bitGram(
          words, count + 1, length, negative, inner, scale, count, count + 1, values.baseAddress,
          0, 1)
      }
    }
  }

  /// Value i to the first element of row `rows[i]` of a matrix of rows of `length`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func copyValues(to result: UnsafeMutablePointer<Scalar>, rows: [Int], length: Int) {
    for i in 0..<count { result[rows[i] * length] = values[i] }
  }

  private static func copyWords(
    of sample: Int, _ bits: ActivationBits, to words: UnsafeMutablePointer<UInt64>
  ) {
    let length = bits.wordsPerSample
    words.update(from: bits.words.baseAddress! + sample * length, count: length)
  }
}
