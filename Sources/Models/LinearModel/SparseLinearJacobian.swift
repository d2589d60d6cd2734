import OptimKit

/// The Jacobian of a linear model on sparse features: row i k + o holds zᵢ, and 1 for an intercept, among the
/// parameters of output o.
public struct SparseLinearJacobian<Scalar: RealScalar>: SparseRows, WorkStating {
  let model: LinearModel<SparseFeatures<Scalar>>

  /// n k.
  public var rowCount: Int { model.outputCount }

  /// The number of parameters.
  public var columnCount: Int { model.parameterCount }

  /// result ← J x.
  ///
  /// - Complexity: O(k (n + stored elements)).
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    model.evaluate(at: x, into: &result)
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: O(k (n + d + stored elements)).
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    model.applyTransposed(u, into: &result)
  }

  /// The elements of X once for each output, and those of intercepts.
  public var storedElementCount: Int {
    (model.features.matrix.storedCount + (model.hasIntercept ? model.sampleCount : 0))
      * model.outputsPerSample
  }

  /// result ← where rows start, and where the last one ends.
  ///
  /// - Complexity: O(n k).
  public func copyRowOffsets(into result: inout MutableSpan<Int>) {
    let offsets = model.features.matrix.rowOffsets
    let outputs = model.outputsPerSample
    let extra = model.hasIntercept ? 1 : 0
    var offset = 0
    var row = 0
    for sample in 0..<model.sampleCount {
      for _ in 0..<outputs {
        result[row] = offset
        row += 1
        offset += offsets[sample + 1] - offsets[sample] + extra
      }
    }
    result[row] = offset
  }

  /// columns, values ← the stored elements of rows `rows`.
  ///
  /// - Complexity: O(elements copied).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func copySparseRows(
    _ rows: Range<Int>, columns: inout MutableSpan<Int32>, values: inout MutableSpan<Scalar>
  ) {
    let matrix = model.features.matrix
    let scales = model.scaling?.scales
    let stride = model.parametersPerOutput
    var position = 0
    for row in rows {
      let (sample, output) = row.quotientAndRemainder(dividingBy: model.outputsPerSample)
      for place in matrix.rowOffsets[sample]..<matrix.rowOffsets[sample + 1] {
        let column = Int(matrix.columnIndices[place])
        columns[position] = Int32(output * stride + column)
        values[position] = scales.map { matrix.values[place] / $0[column] } ?? matrix.values[place]
        position += 1
      }
      if model.hasIntercept {
        columns[position] = Int32((output + 1) * stride - 1)
        values[position] = 1
        position += 1
      }
    }
  }

  var storedCount: Double {
    Double(model.features.matrix.storedCount + model.sampleCount)
      * Double(model.outputsPerSample)
  }

  /// The stored elements, each with its number, streamed for each output.
  public var productWork: Work {
    Work(streamedBytes: storedCount * Double(MemoryLayout<Scalar>.size + 4))
  }

  /// That of two products.
  public var gramProductWork: Work { 2 * productWork }

  /// Pairs of stored elements of the columns.
  public var gramWork: Work {
    productWork + Work(scalarOperations: storedCount * storedCount / Double(max(columnCount, 1)))
  }

  /// The stored elements of a row, one after the other.
  public var rowWork: Work { Work(scalarOperations: storedCount / Double(max(rowCount, 1))) }
}
