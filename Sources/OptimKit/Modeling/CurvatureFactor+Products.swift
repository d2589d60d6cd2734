extension CurvatureFactor {
  /// x ← C x.
  ///
  /// - Complexity: O(n k) for n outputs in blocks of order k.
  public func multiply(into x: inout MutableSpan<Scalar>) {
    precondition(fits(x.count), "the factor has the order of the vector")
    switch self {
    case .identity: break
    case .diagonal(let diagonal): Scalar.multiply(diagonal.span, into: &x)
    case .blocks(let order, let elements):
      Self.forEachPiece(of: &x, order) { samples, x in
        Self.multiplyBlocks(samples, order, elements, x)
      }
    }
  }

  /// x ← Cᵀ x.
  ///
  /// - Complexity: O(n k) for n outputs in blocks of order k.
  public func multiplyTransposed(into x: inout MutableSpan<Scalar>) {
    precondition(fits(x.count), "the factor has the order of the vector")
    switch self {
    case .identity: break
    case .diagonal(let diagonal): Scalar.multiply(diagonal.span, into: &x)
    case .blocks(let order, let elements):
      Self.forEachPiece(of: &x, order) { samples, x in
        Self.multiplyTransposedBlocks(samples, order, elements, x)
      }
    }
  }

  /// x ← C Cᵀ x for the outputs of `samples` alone, on the calling thread.
  ///
  /// - Complexity: O(n k) for n outputs in blocks of order k.
  package func multiplyCurvature(
    samples: Range<Int>, outputsPerSample: Int, into x: UnsafeMutablePointer<Scalar>
  ) {
    let outputs = samples.lowerBound * outputsPerSample..<samples.upperBound * outputsPerSample
    switch self {
    case .identity: break
    case .diagonal(let diagonal):
      var span = UnsafeMutableBufferPointer(start: x, count: outputs.count).mutableSpan
      let factors = diagonal.span.extracting(outputs)
      Scalar.multiply(factors, into: &span)
      Scalar.multiply(factors, into: &span)
    case .blocks(let order, let elements):
      let blocks = outputs.lowerBound / order..<outputs.upperBound / order
      Self.multiplyTransposedBlocks(blocks, order, elements, x - outputs.lowerBound)
      Self.multiplyBlocks(blocks, order, elements, x - outputs.lowerBound)
    }
  }

  /// x ← a solution of C times it = x, with 0 / 0 = 0.
  ///
  /// - Returns: The first output where there is none, or nil.
  /// - Complexity: O(n k) for n outputs in blocks of order k.
  func solve(in x: inout MutableSpan<Scalar>) -> Int? {
    precondition(fits(x.count), "the factor has the order of the vector")
    return switch self {
    case .identity: nil
    case .diagonal(let diagonal): Self.solveBlocks(order: 1, diagonal, &x)
    case .blocks(let order, let elements): Self.solveBlocks(order: order, elements, &x)
    }
  }

  /// Calls `body` with ranges of samples, some of them side by side.
  private static func forEachPiece(
    of x: inout MutableSpan<Scalar>, _ order: Int,
    _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let samples = x.count / order
    let pieces = max(1, min(16, x.count * order >> 16))
    x.withUnsafeMutableBufferPointer { x in
      guard let start = x.baseAddress else { return }
      let x = Shared(start)
      ThreadPool.forEach(pieces) { piece in
        body(ThreadPool.piece(piece, of: pieces, in: 0..<samples), x.pointer)
      }
    }
  }

  // From the last row up: a row of C x takes elements of x at and before it.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func multiplyBlocks(
    _ samples: Range<Int>, _ order: Int, _ elements: [Scalar], _ x: UnsafeMutablePointer<Scalar>
  ) {
    for sample in samples {
      let first = sample * order
      for row in (0..<order).reversed() {
        var sum = Scalar(0)
        for column in 0...row {
          sum += elements[(first + row) * order + column] * x[first + column]
        }
        x[first + row] = sum
      }
    }
  }

  // From the first column down: an element of Cᵀx takes those of x at and after it.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func multiplyTransposedBlocks(
    _ samples: Range<Int>, _ order: Int, _ elements: [Scalar], _ x: UnsafeMutablePointer<Scalar>
  ) {
    for sample in samples {
      let first = sample * order
      for column in 0..<order {
        var sum = Scalar(0)
        for row in column..<order {
          sum += elements[(first + row) * order + column] * x[first + row]
        }
        x[first + column] = sum
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func solveBlocks(
    order: Int, _ elements: [Scalar], _ x: inout MutableSpan<Scalar>
  ) -> Int? {
    for first in stride(from: 0, to: x.count, by: order) {
      for row in 0..<order {
        var rest = x[first + row]
        for column in 0..<row {
          rest -= elements[(first + row) * order + column] * x[first + column]
        }
        let pivot = elements[(first + row) * order + row]
        if pivot != 0 {
          x[first + row] = rest / pivot
        } else if rest == 0 {
          x[first + row] = 0
        } else {
          return first + row
        }
      }
    }
    return nil
  }
}
