import OptimKit

/// The Jacobian of a ``SampleModel`` at one point: a matrix, or the function that computes rows and products anew.
public struct SampleJacobian: RowAccessible {
  let model: SampleModel
  /// The parameters at which it was made.
  let variables: DualParameters
  /// The matrix; nil where it is not stored.
  let matrix: DenseJacobian<Double>?

  /// The number of outputs n.
  public var rowCount: Int { model.outputCount }

  /// The number of parameters p.
  public var columnCount: Int { model.parameterCount }

  /// result ← J x.
  ///
  /// - Complexity: O(n p) where the Jacobian is stored, otherwise one call of the function per sample.
  public func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) throws {
    if let matrix { return matrix.apply(x, into: &result) }
    // The derivative along x is one direction.
    var parameters = variables.values
    for i in x.indices { parameters[i].derivatives = SIMD4(x[i], 0, 0, 0) }
    let moving = parameters
    try result.withUnsafeMutableBufferPointer { result in
      let result = Shared(result)
      try model.forEachPiece(passes: 1) { samples in
        try model.forEachOutput(of: samples, at: moving) {
          result.pointer[$0] = $1.derivatives[0]
        }
      }
    }
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: O(n p) where the Jacobian is stored, otherwise ⌈p / 4⌉ calls of the function per sample.
  public func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) throws {
    if let matrix { return matrix.applyTransposed(u, into: &result) }
    let columns = columnCount
    let pieces = model.pieceCount(passes: DualParameters.passCount(columns))
    let samples = 0..<model.sampleCount
    var sums = [Double](repeating: 0, count: pieces * columns)
    try u.withUnsafeBufferPointer { u in
      let u = Shared(u)
      try sums.withUnsafeMutableBufferPointer { sums in
        let sums = Shared(sums)
        try ThreadPool.forEachThrowing(pieces) { piece in
          let sum = sums.pointer.baseAddress! + piece * columns
          try model.differentiate(
            ThreadPool.piece(piece, of: pieces, in: samples), at: variables
          ) { output, _, columns, value in
            for (direction, column) in columns.enumerated() {
              sum[column] += u.pointer[output] * value.derivatives[direction]
            }
          }
        }
      }
    }
    for column in result.indices {
      result[column] = (0..<pieces).reduce(0) { $0 + sums[$1 * columns + column] }
    }
  }

  /// result ← rows `rows` of J.
  ///
  /// - Complexity: O(rows · p) where the Jacobian is stored, otherwise ⌈p / 4⌉ calls of the function per sample.
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Double>) throws {
    if let matrix { return matrix.copyRows(rows, into: &result) }
    guard !rows.isEmpty else { return }
    let outputs = model.outputsPerSample
    let samples = rows.lowerBound / outputs..<(rows.upperBound - 1) / outputs + 1
    try result.withUnsafeMutableBufferPointer { result in
      try model.differentiate(samples, at: variables) { output, _, columns, value in
        guard rows.contains(output) else { return }
        let start = (output - rows.lowerBound) * columnCount
        for (direction, column) in columns.enumerated() {
          result[start + column] = value.derivatives[direction]
        }
      }
    }
  }
}
