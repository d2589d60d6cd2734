import OptimKit

/// The Jacobian of what differential operators make of a network, at one choice of parameters: a range of rows for
/// each condition.
///
/// Row i k + o of a block is the concatenation over layers of Σ δ ⊗ (a, 1), a sum over the value, the derivatives and
/// the Laplacian of what enters the layer. Storage: for each neuron and point, 2 d + 8 scalars with a Laplacian, d + 5
/// in the first layer, and d + 2 more for each output once rows are asked for.
public struct PhysicsInformedJacobian<Scalar: RealScalar>: RowAccessible {
  let blocks: NetworkBlocks
  /// Of each block of points.
  let linearizations: [NetworkLinearization<Scalar>]

  /// The number of outputs.
  public var rowCount: Int { blocks.firstOutputs[linearizations.count] }

  /// p.
  public var columnCount: Int { linearizations[0].pass.architecture.parameterCount }

  /// result ← J v.
  ///
  /// - Complexity: O(n p), times d + 2 where there is a Laplacian.
  public func apply(_ v: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(v.count == columnCount && result.count == rowCount)
    v.withUnsafeBufferPointer { v in
      result.withUnsafeMutableBufferPointer { result in
        let (v, result) = (Shared(v.baseAddress!), Shared(result.baseAddress!))
        blocks.forEach { block in
          linearizations[block].state.multiply(
            v.pointer, into: result.pointer + blocks.firstOutputs[block])
        }
      }
    }
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: As `apply`.
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(u.count == rowCount && result.count == columnCount)
    let columns = columnCount
    let pieces = blocks.pieces
    Scalar.withScratch(count: pieces.count * columns) { memory in
      u.withUnsafeBufferPointer { u in
        let (u, sums) = (Shared(u.baseAddress!), Shared(memory.baseAddress!))
        ThreadPool.forEach(pieces.count) { piece in
          for block in pieces[piece] {
            linearizations[block].state.multiplyTransposed(
              u.pointer + blocks.firstOutputs[block],
              plus: block > pieces[piece].lowerBound ? 1 : 0, into: sums.pointer + piece * columns)
          }
        }
      }
      Scalar.fill(&result, with: 0)
      for piece in pieces.indices {
        let part = UnsafeBufferPointer(start: memory.baseAddress! + piece * columns, count: columns)
        Scalar.add(1, part.span, to: &result)
      }
    }
  }

  /// result ← rows `rows` of J.
  ///
  /// - Complexity: O(rows · p), times d + 2 where there is a Laplacian, and a backpropagation for each of the
  ///   network's outputs the first time.
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rows.count * columnCount)
    guard !rows.isEmpty else { return }
    result.withUnsafeMutableBufferPointer { result in
      let result = Shared(result.baseAddress!)
      blocks.forEach { block in
        let all = blocks.outputs(of: block)
        let own = rows.clamped(to: all)
        guard !own.isEmpty else { return }
        linearizations[block].sensitivities.copyRows(
          own.lowerBound - all.lowerBound..<own.upperBound - all.lowerBound,
          into: result.pointer + (own.lowerBound - rows.lowerBound) * columnCount)
      }
    }
  }
}

extension PhysicsInformedJacobian: WorkStating {
  /// One pass forward, or back, for each condition.
  public var productWork: Work {
    Work(matrixOperations: linearizations.reduce(0) { $0 + $1.productOperations })
  }

  /// One each way.
  public var gramProductWork: Work { 2 * productWork }

  /// All rows, and a product of matrices.
  public var gramWork: Work {
    let rows = Double(rowCount)
    return rows * rowWork + Work(matrixOperations: rows * rows * Double(columnCount))
  }

  /// p elements for each channel, a few at a time.
  public var rowWork: Work {
    let operations = linearizations.reduce(0.0) { $0 + 2 * Double($1.pass.channels.length) }
    let points = linearizations.reduce(0) { $0 + $1.pass.pointCount }
    return Work(vectorOperations: operations / Double(max(1, points)) * Double(columnCount))
  }
}
