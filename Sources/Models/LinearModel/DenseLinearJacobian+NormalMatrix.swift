import OptimKit

/// JᵀDJ from blocks of rows of Z = [z, 1]: the block of outputs a and b is Zᵀ D_ab Z.
extension DenseLinearJacobian {
  /// Lower triangle of result ← Jᵀ C Cᵀ J.
  ///
  /// Rows are cut into up to 16 pieces, which add up matrices of 2²² elements in all by themselves, from blocks of
  /// rows that are copied and scaled in cache. Larger matrices are added up once, each product on all threads.
  ///
  /// - Complexity: n d² operations for one output, n d² k (k + 1) for more.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func computeNormal(
    curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    let stride = model.parametersPerOutput
    let strips = (1...model.outputsPerSample).map { stride * stride * $0 }
    let length = strips.reduce(0, +)
    let samples = model.sampleCount
    let blockLength = max(256, (1 << 17) / stride)
    let pieces = max(1, min(16, (1 << 22) / length, samples / (2 * blockLength)))
    let rows = pieces > 1 ? blockLength : min(samples, max(blockLength, (1 << 22) / stride))
    Scalar.withScratch(count: pieces * length) { sums in
      sums.clear(from: 0)
      let target = Shared(sums)
      let add: @Sendable (Int) -> Void = { piece in
        let range = ThreadPool.piece(piece, of: pieces, in: 0..<samples)
        let sum = target.pointer.extracting(piece * length..<(piece + 1) * length)
        addNormalMatrix(range, rows: rows, curvature, isShared: pieces == 1, to: sum)
      }
      // A single piece shares out its products instead.
      if pieces == 1 { add(0) } else { ThreadPool.forEachBlock(pieces, add) }
      var total = sums.extracting(0..<length).mutableSpan
      for piece in 1..<max(pieces, 1) {
        let other = UnsafeBufferPointer(sums.extracting(piece * length..<(piece + 1) * length))
        Scalar.add(1, other.span, to: &total)
      }
      copyStrips(total.span, strips, into: &result)
    }
  }

  /// Rows a of the blocks, of stride × (a + 1) stride elements each, to their places in the whole.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func copyStrips(
    _ sums: Span<Scalar>, _ strips: [Int], into result: inout MutableSpan<Scalar>
  ) {
    let stride = model.parametersPerOutput
    var start = 0
    for (output, strip) in strips.enumerated() {
      let width = (output + 1) * stride
      for row in 0..<stride {
        let first = (output * stride + row) * columnCount
        result.withSlice(first..<first + width) {
          Scalar.copy(
            sums.extracting(start + row * width..<start + (row + 1) * width), into: &$0)
        }
      }
      start += strip
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addNormalMatrix(
    _ samples: Range<Int>, rows: Int, _ curvature: CurvatureFactor<Scalar>, isShared: Bool,
    to sum: UnsafeMutableBufferPointer<Scalar>
  ) {
    let (stride, outputs) = (model.parametersPerOutput, model.outputsPerSample)
    let weightedCount = outputs > 1 ? rows * stride * outputs : 0
    Scalar.withScratch(count: rows * stride + weightedCount) { scratch in
      let plain = scratch.extracting(0..<rows * stride)
      let weighted = scratch.extracting(rows * stride..<rows * stride + weightedCount)
      for first in Swift.stride(from: samples.lowerBound, to: samples.upperBound, by: rows) {
        let block = first..<min(samples.upperBound, first + rows)
        var source = plain.extracting(0..<block.count * stride).mutableSpan
        if outputs > 1 {
          copySamples(block, into: &source)
          addStrips(source.span, block, curvature, weighted: weighted, to: sum)
        } else {
          copyScaledSamples(block, curvature, into: &source)
          var target = sum.mutableSpan
          if isShared {
            Scalar.addGram(
              of: source.span, .transposed, order: stride, inner: block.count, plus: 1,
              into: &target)
          } else {
            Scalar.addGramPiece(
              of: source.span, order: stride, inner: block.count, plus: 1, into: &target)
          }
        }
      }
    }
  }

  private func copyScaledSamples(
    _ samples: Range<Int>, _ curvature: CurvatureFactor<Scalar>,
    into result: inout MutableSpan<Scalar>
  ) {
    if case .diagonal(let factors) = curvature {
      copySamples(samples, scaledBy: factors.span.extracting(samples), into: &result)
    } else {
      copySamples(samples, into: &result)
    }
  }

  /// sum ← itself + Zᵀ D_ab Z for the rows Z of a block and all outputs a and b ≤ a.
  private func addStrips(
    _ rows: Span<Scalar>, _ block: Range<Int>, _ curvature: CurvatureFactor<Scalar>,
    weighted: UnsafeMutableBufferPointer<Scalar>, to sum: UnsafeMutableBufferPointer<Scalar>
  ) {
    let (stride, outputs) = (model.parametersPerOutput, model.outputsPerSample)
    var start = 0
    for output in 0..<outputs {
      let width = (output + 1) * stride
      var target = weighted.extracting(0..<block.count * width).mutableSpan
      Self.weight(rows, stride, curvature, block, output: output, outputs: outputs, into: &target)
      var strip = sum.extracting(start..<start + stride * width).mutableSpan
      Scalar.multiply(
        rows, .transposed, target.span, rows: stride, inner: block.count, columns: width, plus: 1,
        into: &strip)
      start += stride * width
    }
  }

  /// result ← [D_a0 z, …, D_aa z] for a = `output`, sample after sample.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func weight(
    _ rows: Span<Scalar>, _ stride: Int, _ curvature: CurvatureFactor<Scalar>,
    _ samples: Range<Int>, output: Int, outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    for (position, sample) in samples.enumerated() {
      for other in 0...output {
        var weight = Scalar(other == output ? 1 : 0)
        switch curvature {
        case .identity: break
        case .diagonal(let factors):
          let factor = factors[sample * outputs + output]
          weight *= factor * factor
        case .blocks(_, let elements):
          weight = 0
          let first = sample * outputs
          for inner in 0...other {
            weight +=
              elements[(first + output) * outputs + inner]
              * elements[(first + other) * outputs + inner]
          }
        }
        let place = (position * (output + 1) + other) * stride
        for column in 0..<stride {
          result[place + column] = weight * rows[position * stride + column]
        }
      }
    }
  }
}
