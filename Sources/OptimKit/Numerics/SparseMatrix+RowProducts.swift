/// Products of some of the rows, on the calling thread.
extension SparseMatrix {
  /// result ← A X for the rows `rows`, from the first of them on, with X of `columnCount` × `vectors`.
  package func multiply(
    _ rows: Range<Int>, by x: UnsafeBufferPointer<Scalar>, vectors: Int,
    into result: UnsafeMutablePointer<Scalar>
  ) {
    guard storedCount > 0, let x = x.baseAddress else {
      return result.update(repeating: 0, count: rows.count * vectors)
    }
    if vectors == 1 {
      multiply(rows, by: x, into: result)
    } else {
      multiplyVectors(rows, by: x, vectors, into: result)
    }
  }

  /// sums ← themselves + AᵀU for the rows `rows` of A, with those rows of U, `vectors` elements each.
  package func addTransposed(
    _ rows: Range<Int>, times u: UnsafePointer<Scalar>, vectors: Int,
    to sums: UnsafeMutablePointer<Scalar>
  ) {
    if vectors == 1 {
      addTransposed(rows, times: u, to: sums)
    } else {
      addTransposedVectors(rows, times: u, vectors, to: sums)
    }
  }

  /// sums ← themselves + AᵀD(A x + α1) for the rows `rows` of A, with D the diagonal of squared factors; 1 where there are
  /// none.
  ///
  /// Row by row: elements of a row that has just been multiplied are in the nearest cache.
  ///
  /// - Returns: The sum of the elements of D(A x + α1).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func addNormalProduct(
    _ rows: Range<Int>, by x: UnsafePointer<Scalar>, plus alpha: Scalar,
    factors: UnsafePointer<Scalar>?, to sums: UnsafeMutablePointer<Scalar>
  ) -> Scalar {
    var total = Scalar(0)
    withUnsafeRows { offsets, indices, values in
      for row in rows {
        let (start, end) = (offsets[row], offsets[row + 1])
        var product = Self.dot(start, end, indices, values, x) + alpha
        if let factors { product *= factors[row] * factors[row] }
        total += product
        for place in start..<end { sums[Int(indices[place])] += product * values[place] }
      }
    }
    return total
  }

  // Four sums at once: each addition would otherwise wait for the one before.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func multiply(
    _ rows: Range<Int>, by x: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>
  ) {
    withUnsafeRows { offsets, indices, values in
      var target = result
      for row in rows {
        target.pointee = Self.dot(offsets[row], offsets[row + 1], indices, values, x)
        target += 1
      }
    }
  }

  @inline(__always)
  private static func dot(
    _ start: Int, _ end: Int, _ indices: UnsafePointer<Int32>, _ values: UnsafePointer<Scalar>,
    _ x: UnsafePointer<Scalar>
  ) -> Scalar {
    var place = start
    var (a, b, c, d) = (Scalar(0), Scalar(0), Scalar(0), Scalar(0))
    while place &+ 4 <= end {
      a += values[place] * x[Int(indices[place])]
      b += values[place &+ 1] * x[Int(indices[place &+ 1])]
      c += values[place &+ 2] * x[Int(indices[place &+ 2])]
      d += values[place &+ 3] * x[Int(indices[place &+ 3])]
      place &+= 4
    }
    while place < end {
      a += values[place] * x[Int(indices[place])]
      place &+= 1
    }
    return (a + b) + (c + d)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func multiplyVectors(
    _ rows: Range<Int>, by x: UnsafePointer<Scalar>, _ vectors: Int,
    into result: UnsafeMutablePointer<Scalar>
  ) {
    withUnsafeRows { offsets, indices, values in
      var target = result
      for row in rows {
        target.update(repeating: 0, count: vectors)
        for place in offsets[row]..<offsets[row + 1] {
          let (value, source) = (values[place], x + Int(indices[place]) &* vectors)
          for i in 0..<vectors { target[i] += value * source[i] }
        }
        target += vectors
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addTransposed(
    _ rows: Range<Int>, times u: UnsafePointer<Scalar>, to sums: UnsafeMutablePointer<Scalar>
  ) {
    withUnsafeRows { offsets, indices, values in
      var source = u
      for row in rows {
        let factor = source.pointee
        source += 1
        for place in offsets[row]..<offsets[row + 1] {
          sums[Int(indices[place])] += factor * values[place]
        }
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addTransposedVectors(
    _ rows: Range<Int>, times u: UnsafePointer<Scalar>, _ vectors: Int,
    to sums: UnsafeMutablePointer<Scalar>
  ) {
    withUnsafeRows { offsets, indices, values in
      var source = u
      for row in rows {
        for place in offsets[row]..<offsets[row + 1] {
          let (value, target) = (values[place], sums + Int(indices[place]) &* vectors)
          for i in 0..<vectors { target[i] += value * source[i] }
        }
        source += vectors
      }
    }
  }

  /// Calls `body` with offsets, columns and values. Their indices were checked when the matrix was made; where there are no
  /// elements, pointers to them point nowhere.
  private func withUnsafeRows(
    _ body: (UnsafePointer<Int>, UnsafePointer<Int32>, UnsafePointer<Scalar>) -> Void
  ) {
    rowOffsets.withUnsafeBufferPointer { offsets in
      withUnsafeElements { indices, values in
        body(
          offsets.baseAddress!, indices.baseAddress ?? UnsafePointer(bitPattern: 64)!,
          values.baseAddress ?? UnsafePointer(bitPattern: 64)!)
      }
    }
  }
}
