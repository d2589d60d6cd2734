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

  /// result ← [zᵢ, 1] for the samples, row after row; zᵢ alone without an intercept.
  func copySamples(_ samples: Range<Int>, into result: inout MutableSpan<Scalar>) {
    let count = model.features.featureCount
    let elements = samples.lowerBound * count..<samples.upperBound * count
    let source = model.features.matrix.storage.span.extracting(elements)
    guard model.hasIntercept || model.scaling != nil else {
      Scalar.copy(source, into: &result)
      return
    }
    Self.copy(
      source, columns: count, scaling: model.scaling, hasIntercept: model.hasIntercept,
      into: &result)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func copy(
    _ source: Span<Scalar>, columns: Int, scaling: FeatureScaling<Scalar>?, hasIntercept: Bool,
    into result: inout MutableSpan<Scalar>
  ) {
    var place = 0
    for first in stride(from: 0, to: source.count, by: columns) {
      if let scaling {
        let shifts = scaling.shifts.span
        let scales = scaling.scales.span
        for column in 0..<columns {
          result[place + column] = (source[first + column] - shifts[column]) / scales[column]
        }
      } else {
        for column in 0..<columns { result[place + column] = source[first + column] }
      }
      place += columns
      if hasIntercept {
        result[place] = 1
        place += 1
      }
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
