import OptimKit

/// The Jacobian of a linear model on dense features: row i k + o holds zᵢ, and 1 for an intercept, among the
/// parameters of output o, and zeros among those of others.
public struct DenseLinearJacobian<Scalar: RealScalar>: RowAccessible {
  let model: LinearModel<DenseFeatures<Scalar>>

  /// n k.
  public var rowCount: Int { model.outputCount }

  /// The number of parameters.
  public var columnCount: Int { model.parameterCount }

  /// result ← J x.
  ///
  /// - Complexity: O(n d k).
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    model.evaluate(at: x, into: &result)
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: O(n d k).
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    model.applyTransposed(u, into: &result)
  }

  /// result ← rows `rows` of J.
  ///
  /// - Complexity: O(rows · d k).
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rows.count * columnCount)
    let outputs = model.outputsPerSample
    let stride = model.parametersPerOutput
    if outputs > 1 { Scalar.fill(&result, with: 0) }
    for (position, row) in rows.enumerated() {
      let (sample, output) = row.quotientAndRemainder(dividingBy: outputs)
      let first = position * columnCount + output * stride
      result.withSlice(first..<first + stride) {
        copySamples(sample..<sample + 1, into: &$0)
      }
    }
  }

  /// result ← [zᵢ, 1] for the samples, row after row, each times its factor where there are any; zᵢ alone without an
  /// intercept.
  func copySamples(
    _ samples: Range<Int>, scaledBy factors: Span<Scalar>? = nil,
    into result: inout MutableSpan<Scalar>
  ) {
    let count = model.features.featureCount
    let elements = samples.lowerBound * count..<samples.upperBound * count
    let source = model.features.matrix.storage.span.extracting(elements)
    precondition(result.count == samples.count * model.parametersPerOutput)
    if let factors { precondition(factors.count == samples.count) }
    guard model.hasIntercept || model.scaling != nil || factors != nil else {
      Scalar.copy(source, into: &result)
      return
    }
    // Bounds were checked above: checks of each element would take as long as the copy.
    source.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { result in
        if let factors {
          factors.withUnsafeBufferPointer { copyRows(source, factors: $0, into: result) }
        } else {
          copyRows(source, factors: nil, into: result)
        }
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func copyRows(
    _ source: UnsafeBufferPointer<Scalar>, factors: UnsafeBufferPointer<Scalar>?,
    into result: UnsafeMutableBufferPointer<Scalar>
  ) {
    let (count, stride) = (model.features.featureCount, model.parametersPerOutput)
    guard var from = source.baseAddress, var to = result.baseAddress else { return }
    for row in 0..<result.count / stride {
      let factor = factors.map { $0[row] } ?? 1
      if let scaling = model.scaling {
        scaling.shifts.withUnsafeBufferPointer { shifts in
          scaling.scales.withUnsafeBufferPointer { scales in
            for i in 0..<count { to[i] = factor * ((from[i] - shifts[i]) / scales[i]) }
          }
        }
      } else {
        for i in 0..<count { to[i] = factor * from[i] }
      }
      if model.hasIntercept { to[count] = factor }
      from += count
      to += stride
    }
  }
}

extension DenseLinearJacobian: WorkStating {
  private var elements: Double { Double(model.features.matrix.storage.count) }
  private var outputs: Double { Double(model.outputsPerSample) }
  private var scalarBytes: Double { Double(MemoryLayout<Scalar>.size) }

  /// X read once, from cache where it is small.
  private func pass(operations: Double) -> Work {
    var work = Work.reading(bytes: elements * scalarBytes, operations: operations * elements)
    if work.streamedBytes > 0, outputs > 1 { work.matrixOperations = operations * elements }
    return work
  }

  /// 2 n d k operations, with X read once.
  public var productWork: Work { pass(operations: 2 * outputs) }

  /// That of two products.
  public var gramProductWork: Work { 2 * productWork }

  /// n² d k operations, and some for tiles.
  public var gramWork: Work {
    Work(matrixOperations: 1.2 * elements * Double(model.sampleCount) * outputs * outputs)
  }

  /// A row written and read.
  public var rowWork: Work { Work(streamedBytes: 2 * Double(columnCount) * scalarBytes) }
}
