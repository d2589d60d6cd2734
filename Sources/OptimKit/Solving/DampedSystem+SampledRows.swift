/// The normal matrix of a sample of the rows of a tall system.
extension DampedSystem {
  /// Whether rows can be sampled: they are dense, more than columns, and all here.
  package var canSampleRows: Bool {
    !isDual && !isSharded && rowAccessible != nil && sparseRows == nil
  }

  /// The rows of T that belong together: the outputs of one sample, where they interact.
  package var rowsPerSample: Int { curvatureFactor.outputsPerBlock }

  /// Lower triangle of result ← (n/s) Σ tᵢtᵢᵀ + μI over the rows of the given samples, whose numbers ascend.
  ///
  /// - Complexity: O(s p²).
  /// - Throws: ``OptimKitError`` of kind `missingCapability` where rows cannot be sampled.
  package func formSampledNormalMatrix(_ samples: [Int], into result: inout Matrix<Scalar>) throws {
    precondition(result.rowCount == columnCount && result.columnCount == columnCount)
    guard canSampleRows, let rowAccessible else {
      throw OptimKitError(
        .missingCapability, cause: "a system whose rows cannot be sampled",
        remedy: "let the Jacobian conform to RowAccessible, with more rows than columns")
    }
    ledger.counts.sketches += 1
    let order = columnCount
    // A product of a block is long enough to be worth adding up p² elements.
    let length = min(samples.count, max(1, max(256, (1 << 21) / order) / rowsPerSample))
    let block = AlignedBuffer.reserve(&scratch.rowBlock, length * rowsPerSample * order)
    try ledger.measure(.sketch) {
      for first in stride(from: 0, to: samples.count, by: length) {
        try ledger.cancellation.check()
        let part = samples[first..<min(samples.count, first + length)]
        try copySamples(part, of: rowAccessible, into: block)
        let rows = part.count * rowsPerSample
        result.withMutableElements {
          Scalar.addGram(
            of: UnsafeBufferPointer(block.extracting(0..<rows * order)).span, .transposed,
            order: order, inner: rows, plus: first == 0 ? 0 : 1, into: &$0)
        }
      }
    }
    let scale = Scalar(rowCount) / Scalar(samples.count * rowsPerSample)
    result.withMutableElements { elements in
      Scalar.scale(&elements, by: scale)
      for i in 0..<order { elements[i * order + i] += damping }
    }
  }

  /// Start of result ← the rows of T of some samples, by several threads.
  private func copySamples(
    _ samples: ArraySlice<Int>, of rows: any RowAccessible<Scalar>,
    into result: UnsafeMutableBufferPointer<Scalar>
  ) throws {
    let target = Shared(result)
    let (group, factors) = (rowsPerSample, curvatureFactor)
    let size = group * columnCount
    let pieces = max(1, min(16, samples.count, samples.count * size >> 16))
    try ThreadPool.forEachThrowing(pieces) { piece in
      for place in ThreadPool.piece(piece, of: pieces, in: samples.indices) {
        let first = (place - samples.startIndex) * size
        var span = target.pointer.extracting(first..<first + size).mutableSpan
        let sample = samples[place]
        try CurvatureFactor.copyRows(
          sample * group..<(sample + 1) * group, of: rows, scaledBy: factors, into: &span)
      }
    }
  }
}
