import OptimKit

/// The Jacobian of what differential operators make of a network, at one choice of parameters: a block of rows for
/// each condition.
///
/// Row i k + o of a block is the concatenation over layers of Σ δ ⊗ (a, 1), a sum over the value, the derivatives and
/// the Laplacian of what enters the layer. Storage: for each neuron and point, 3 d + 8 scalars with a Laplacian, and
/// d + 2 more for each output once rows are asked for.
public struct PhysicsInformedJacobian<Scalar: RealScalar>: RowAccessible {
  let blocks: [NetworkLinearization<Scalar>]

  /// The number of outputs.
  public var rowCount: Int { blocks.reduce(0) { $0 + $1.pass.outputCount } }

  /// p.
  public var columnCount: Int { blocks[0].pass.architecture.parameterCount }

  /// result ← J v.
  ///
  /// - Complexity: O(n p), times d + 2 where there is a Laplacian.
  public func apply(_ v: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(v.count == columnCount && result.count == rowCount)
    v.withUnsafeBufferPointer { v in
      result.withUnsafeMutableBufferPointer { result in
        var start = result.baseAddress!
        for block in blocks {
          block.state.multiply(v.baseAddress!, into: start)
          start += block.pass.outputCount
        }
      }
    }
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: As `apply`.
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(u.count == rowCount && result.count == columnCount)
    Scalar.fill(&result, with: 0)
    u.withUnsafeBufferPointer { u in
      blocks[0].pass.pool.withBuffer(columnCount) { part in
        var start = u.baseAddress!
        for block in blocks {
          block.state.multiplyTransposed(start, into: part)
          Scalar.add(
            1, UnsafeBufferPointer(start: part, count: columnCount).span, to: &result)
          start += block.pass.outputCount
        }
      }
    }
  }

  /// result ← rows `rows` of J.
  ///
  /// - Complexity: O(rows · p), times d + 2 where there is a Laplacian, and a backpropagation for each of the
  ///   network's outputs the first time.
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rows.count * columnCount)
    result.withUnsafeMutableBufferPointer { result in
      var start = 0
      for block in blocks {
        let own = rows.clamped(to: start..<start + block.pass.outputCount)
        if !own.isEmpty {
          block.sensitivities.copyRows(
            own.lowerBound - start..<own.upperBound - start,
            into: result.baseAddress! + (own.lowerBound - rows.lowerBound) * columnCount)
        }
        start += block.pass.outputCount
      }
    }
  }
}

extension PhysicsInformedJacobian: WorkStating {
  /// One pass forward, or back, for each condition.
  public var productWork: Work {
    Work(matrixOperations: blocks.reduce(0) { $0 + $1.productOperations })
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
    let operations = blocks.reduce(0.0) { $0 + 2 * Double($1.pass.channels.length) }
    return Work(
      vectorOperations: operations / Double(max(1, blocks.reduce(0) { $0 + $1.pass.pointCount }))
        * Double(columnCount))
  }
}
