import OptimKit

extension DenseLinearJacobian: NormalComputing {
  /// 4 n d k operations, with X read once.
  public var normalProductWork: Work {
    // The second half finds a block of rows in cache.
    productWork + Work(vectorOperations: model.outputsPerSample > 1 ? 0 : 2 * elementCount)
      + Work(matrixOperations: model.outputsPerSample > 1 ? 2 * elementCount * outputCount : 0)
  }

  /// n d² operations for one output, n d² k (k + 1) for more.
  public var normalMatrixWork: Work {
    let squares = elementCount * Double(model.parametersPerOutput)
    let pairs = model.outputsPerSample > 1 ? outputCount * (outputCount + 1) : 1
    return Work(
      matrixOperations: squares * pairs,
      streamedBytes: elementCount * Double(MemoryLayout<Scalar>.size))
  }

  private var elementCount: Double { Double(model.features.matrix.storage.count) }
  private var outputCount: Double { Double(model.outputsPerSample) }

  /// result ← Jᵀ C Cᵀ J x, in one pass over blocks of rows that stay in cache between the two products.
  ///
  /// - Complexity: O(n d k), and O(n k²) where outputs interact; X is read once.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func applyNormal(
    _ x: Span<Scalar>, curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    let (weights, offsets) = model.effectiveWeights(x)
    let (columns, outputs) = (model.features.featureCount, model.outputsPerSample)
    let samples = model.sampleCount
    let length = columns * outputs + outputs
    let pieces = max(1, min(16, samples * columns >> 17))
    var sums = Scalar.zeros(pieces * length)
    sums.withUnsafeMutableBufferPointer { sums in
      let target = Shared(sums)
      ThreadPool.forEach(pieces) { piece in
        var sum = target.pointer.extracting(piece * length..<(piece + 1) * length).mutableSpan
        addNormalProduct(
          ThreadPool.piece(piece, of: pieces, in: 0..<samples), weights, offsets, curvature,
          to: &sum)
      }
      for piece in 1..<max(pieces, 1) {
        var first = UnsafeMutableBufferPointer(rebasing: sums[0..<length]).mutableSpan
        let other = UnsafeBufferPointer(rebasing: sums[piece * length..<(piece + 1) * length])
        Scalar.add(1, other.span, to: &first)
      }
    }
    model.pullBack(
      sums.span.extracting(0..<columns * outputs),
      sums: Array(sums[columns * outputs..<length]), into: &result)
  }

  /// sum ← itself + [UᵀX, 1ᵀU] for the outputs U of some samples times their curvature.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addNormalProduct(
    _ samples: Range<Int>, _ weights: [Scalar], _ offsets: [Scalar],
    _ curvature: CurvatureFactor<Scalar>, to sum: inout MutableSpan<Scalar>
  ) {
    let (columns, outputs) = (model.features.featureCount, model.outputsPerSample)
    // 256 KB of doubles and their outputs stay in the second-level cache.
    let rows = min(samples.count, max(8, (1 << 15) / columns))
    let buffer = AlignedBuffer<Scalar>(count: rows * outputs)
    for first in stride(from: samples.lowerBound, to: samples.upperBound, by: rows) {
      let block = first..<min(samples.upperBound, first + rows)
      let features = model.features.matrix.storage.span.extracting(
        block.lowerBound * columns..<block.upperBound * columns)
      let memory = buffer.memory.extracting(0..<block.count * outputs)
      var products = memory.mutableSpan
      if outputs == 1 {
        Scalar.multiply(
          features, rows: block.count, columns: columns, by: weights.span, into: &products)
      } else {
        Scalar.multiply(
          features, .plain, weights.span, .transposed, rows: block.count, inner: columns,
          columns: outputs, into: &products)
      }
      LinearModel<DenseFeatures<Scalar>>.add(offsets, to: &products)
      curvature.multiplyCurvature(
        samples: block, outputsPerSample: outputs, into: buffer.baseAddress)
      sum.withSlice(0..<columns * outputs) {
        if outputs == 1 {
          Scalar.multiply(
            features, rows: block.count, columns: columns, .transposed, by: products.span,
            plus: 1, into: &$0)
        } else {
          Scalar.multiply(
            products.span, .transposed, features, rows: outputs, inner: block.count,
            columns: columns, plus: 1, into: &$0)
        }
      }
      let sums = LinearModel<DenseFeatures<Scalar>>.sums(products.span, outputs: outputs)
      for output in 0..<outputs { sum[columns * outputs + output] += sums[output] }
    }
  }
}
