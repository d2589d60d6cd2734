import OptimKit

extension TwoLayerReLUJacobian: GramComputing {
  /// Lower triangle of result ← J Jᵀ = (X Xᵀ) ∘ (B Bᵀ) / m for each pair of outputs, with B the signed
  /// activation bits: AND and population count instead of floating-point products.
  ///
  /// - Complexity: O(n² m / 64) word operations per pair of outputs, and O(n² d) once for X Xᵀ.
  public func computeGram(into result: inout MutableSpan<Scalar>) {
    computeGram(
      words: bits.words.baseAddress, wordsPerSample: bits.wordsPerSample,
      negative: negativeProducts, into: &result)
  }

  /// Lower triangle of result ← the part of J Jᵀ that some neurons have, from words of activation bits and of
  /// the products of two outputs' signs.
  func computeGram(
    words: UnsafePointer<UInt64>?, wordsPerSample: Int, negative: (Int, Int) -> [UInt64],
    into result: inout MutableSpan<Scalar>
  ) {
    precondition(result.count == rowCount * rowCount)
    let inner = network.samples.innerProducts()
    for first in 0..<network.outputsPerSample {
      for second in 0...first {
        computeGram(
          of: first, with: second, inner: inner, words: words, wordsPerSample: wordsPerSample,
          negative: first == second ? nil : negative(first, second), into: &result)
        if second != first { mirrorOutputs(first, second, in: &result) }
      }
    }
  }

  /// result ← J Jᵀ u, without a vector of m d elements in between unless neurons are so few that work is
  /// shared out over samples.
  ///
  /// - Complexity: O(n m d).
  public func applyGram(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(u.count == rowCount && result.count == rowCount)
    guard network.outputCut.samples == 1 else {
      let product = AlignedBuffer<Scalar>(count: columnCount)
      var span = product.memory.mutableSpan
      applyTransposed(u, into: &span)
      apply(span.span, into: &result)
      return
    }
    u.withUnsafeBufferPointer { u in
      let u = Shared(u.baseAddress)
      network.sumOverNeurons(into: &result) { piece, partial in
        Scalar.routines.kernels.reluGramProduct(
          piece.network, u.pointer, bits.words.baseAddress, piece.words.lowerBound,
          piece.words.upperBound, partial, piece.scratch)
      }
    }
  }

  /// Rows of output `first` against columns of output `second`.
  private func computeGram(
    of first: Int, with second: Int, inner: Matrix<Scalar>, words: UnsafePointer<UInt64>?,
    wordsPerSample: Int, negative: [UInt64]?, into result: inout MutableSpan<Scalar>
  ) {
    let samples = network.sampleCount
    let outputs = network.outputsPerSample
    let order = rowCount
    let blockLength = 64
    let blocks = (samples + blockLength - 1) / blockLength
    result.withUnsafeMutableBufferPointer { result in
      let target = Shared(result.baseAddress! + first * order + second)
      let words = Shared(words)
      ThreadPool.forEachBlock(blocks) { number in
        // Later rows are longer: they go first, so that threads finish together.
        let block = blocks - 1 - number
        negative.withUnsafeBufferPointerOrNil { negative in
          inner.storage.withUnsafeBufferPointer { inner in
            Scalar.routines.kernels.bitGram(
              words.pointer, samples, wordsPerSample, negative, inner.baseAddress,
              network.gramScale, block * blockLength,
              min(samples, (block + 1) * blockLength), target.pointer, outputs * order, outputs)
          }
        }
      }
    }
  }

  /// Bit r is set where the signs of neuron r in the two outputs differ.
  func negativeProducts(_ first: Int, _ second: Int) -> [UInt64] {
    let words = bits.wordsPerSample
    let signs = network.negativeSigns
    return (0..<words).map { signs[first * words + $0] ^ signs[second * words + $0] }
  }

  /// The block of two outputs is the same in either order: copies (first, second) to (second, first).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func mirrorOutputs(_ first: Int, _ second: Int, in result: inout MutableSpan<Scalar>) {
    let outputs = network.outputsPerSample
    let order = rowCount
    for i in 0..<network.sampleCount {
      let source = (i * outputs + first) * order + second
      let target = (i * outputs + second) * order + first
      for j in 0...i { result[target + j * outputs] = result[source + j * outputs] }
    }
  }
}

extension Optional where Wrapped == [UInt64] {
  /// Calls `body` with the elements' address, or nil.
  func withUnsafeBufferPointerOrNil(_ body: (UnsafePointer<UInt64>?) -> Void) {
    guard let self else {
      body(nil)
      return
    }
    self.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
