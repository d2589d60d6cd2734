import OptimKit

extension SparseLinearJacobian: NormalProducts {
  /// That of one product, or of two where columns hold a few elements each; of its second half elements are in cache.
  public var normalProductWork: Work {
    model.features.hasFusedProducts
      ? productWork + Work(vectorOperations: 2 * storedCount) : 2 * productWork
  }

  /// result ← Jᵀ C Cᵀ J x, in one pass over blocks of rows that stay in cache between the two products.
  ///
  /// - Complexity: O(k (n + d + stored elements)), and O(n k²) where outputs interact; X is read once.
  public func applyNormal(
    _ x: Span<Scalar>, curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    guard model.features.hasFusedProducts else {
      applyInTurn(x, curvature: curvature, into: &result)
      return
    }
    let (columns, outputs) = (model.features.featureCount, model.outputsPerSample)
    let (weights, offsets) = model.effectiveWeights(x)
    var factors = weights
    if outputs > 1 {
      var span = factors.mutableSpan
      SparseMatrix.transpose(weights.span, rows: outputs, into: &span)
    }
    // The sums of an intercept stand behind those of the features.
    let count = (columns + 1) * outputs
    var sums = Scalar.zeros(count)
    var span = sums.mutableSpan
    model.features.matrix.sumOverRows(count: count, into: &span) { [factors] rows, sums in
      addNormalProduct(rows, factors, offsets, curvature, to: sums)
    }
    let products = span.span.extracting(first: columns * outputs)
    var totals = Scalar.zeros(outputs)
    for output in 0..<outputs { totals[output] = span[columns * outputs + output] }
    guard outputs > 1 else {
      model.pullBack(products, sums: totals, into: &result)
      return
    }
    var transposed = weights
    var target = transposed.mutableSpan
    SparseMatrix.transpose(products, rows: columns, into: &target)
    model.pullBack(target.span, sums: totals, into: &result)
  }

  /// Rows that are multiplied before their products are weighted: their elements are still in cache then.
  private static var rowsPerBlock: Int { 8 }

  /// sums ← themselves + [XᵀU, 1ᵀU] for the outputs U of some samples times their curvature.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addNormalProduct(
    _ samples: Range<Int>, _ factors: [Scalar], _ offsets: [Scalar],
    _ curvature: CurvatureFactor<Scalar>, to sums: UnsafeMutablePointer<Scalar>
  ) {
    let (matrix, outputs) = (model.features.matrix, model.outputsPerSample)
    let totals = sums + matrix.columnCount * outputs
    factors.withUnsafeBufferPointer { factors in
      guard let start = factors.baseAddress else { return }
      switch curvature {
      case .identity where outputs == 1:
        totals[0] += matrix.addNormalProduct(
          samples, by: start, plus: offsets[0], factors: nil, to: sums)
      case .diagonal(let diagonal) where outputs == 1:
        totals[0] += diagonal.withUnsafeBufferPointer {
          matrix.addNormalProduct(
            samples, by: start, plus: offsets[0], factors: $0.baseAddress, to: sums)
        }
      default:
        addBlocks(samples, factors, offsets, curvature, to: sums, totals: totals)
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addBlocks(
    _ samples: Range<Int>, _ factors: UnsafeBufferPointer<Scalar>, _ offsets: [Scalar],
    _ curvature: CurvatureFactor<Scalar>, to sums: UnsafeMutablePointer<Scalar>,
    totals: UnsafeMutablePointer<Scalar>
  ) {
    let (matrix, outputs) = (model.features.matrix, model.outputsPerSample)
    Scalar.withScratch(count: Self.rowsPerBlock * outputs) { memory in
      let products = memory.baseAddress!
      for first in stride(from: samples.lowerBound, to: samples.upperBound, by: Self.rowsPerBlock) {
        let block = first..<min(samples.upperBound, first + Self.rowsPerBlock)
        matrix.multiply(block, by: factors, vectors: outputs, into: products)
        if model.hasIntercept {
          for i in 0..<block.count * outputs { products[i] += offsets[i % outputs] }
        }
        curvature.multiplyCurvature(samples: block, outputsPerSample: outputs, into: products)
        matrix.addTransposed(block, times: products, vectors: outputs, to: sums)
        if model.hasIntercept {
          for i in 0..<block.count * outputs { totals[i % outputs] += products[i] }
        }
      }
    }
  }

  private func applyInTurn(
    _ x: Span<Scalar>, curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    var outputs = Scalar.zeros(rowCount)
    var span = outputs.mutableSpan
    apply(x, into: &span)
    curvature.multiplyTransposed(into: &span)
    curvature.multiply(into: &span)
    applyTransposed(span.span, into: &result)
  }
}
