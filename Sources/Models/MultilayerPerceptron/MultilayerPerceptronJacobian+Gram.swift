import OptimKit

extension MultilayerPerceptronJacobian: GramComputing {
  /// Lower triangle of result ← J Jᵀ = Σ over layers (A Aᵀ) ∘ (Δ Δᵀ), for each pair of outputs, with A what enters
  /// the layer and Δ the outputs' derivatives with respect to its weighted sums.
  ///
  /// - Complexity: O(n² k² Σ m) for layers of m neurons instead of O(n² k² p). Storage: 2 n² scalars.
  public func computeGram(into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rowCount * rowCount)
    let sensitivities = linearization.sensitivities
    let samples = pass.pointCount
    var inner = Matrix<Scalar>(rowCount: samples, columnCount: samples)
    var outer = inner
    for (number, layer) in pass.layers.enumerated() {
      linearization.state.withInputs(number) { inputs in
        Self.gram(of: inputs, layer.inputs + 1, into: &inner)
      }
      for first in 0..<pass.outputsPerPoint {
        let left = sensitivities.layer(number, output: first)
        for second in 0..<pass.outputsPerPoint {
          if first == second {
            Self.gram(of: left, layer.outputs, into: &outer)
          } else {
            outer.withMutableElements { outer in
              outer.withUnsafeMutableBufferPointer {
                NetworkPass.multiply(
                  left, .transposed, sensitivities.layer(number, output: second), .plain,
                  rows: samples, inner: layer.outputs, columns: samples, into: $0.baseAddress!)
              }
            }
          }
          add(inner, outer, of: first, with: second, isFirst: number == 0, to: &result)
        }
      }
    }
  }

  /// result ← J Jᵀ u.
  ///
  /// - Complexity: O(n p).
  public func applyGram(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(u.count == rowCount && result.count == rowCount)
    pass.pool.withBuffer(columnCount) { product in
      u.withUnsafeBufferPointer { u in
        result.withUnsafeMutableBufferPointer {
          linearization.state.multiplyTransposed(u.baseAddress!, into: product)
          linearization.state.multiply(product, into: $0.baseAddress!)
        }
      }
    }
  }

  /// Lower triangle of result ← AᵀA for A of `rows` × n.
  private static func gram(
    of a: UnsafePointer<Scalar>, _ rows: Int, into result: inout Matrix<Scalar>
  ) {
    let samples = result.rowCount
    let elements = UnsafeBufferPointer(start: a, count: rows * samples)
    result.withMutableElements {
      Scalar.addGram(of: elements.span, .transposed, order: samples, inner: rows, into: &$0)
    }
  }

  /// Adds A ∘ B to, or writes it to, rows of output `first` and columns of output `second`, what is below or on the
  /// diagonal of either.
  private func add(
    _ a: Matrix<Scalar>, _ b: Matrix<Scalar>, of first: Int, with second: Int, isFirst: Bool,
    to result: inout MutableSpan<Scalar>
  ) {
    let samples = pass.pointCount
    let pieces = max(1, min(samples, samples * samples >> 16))
    result.withUnsafeMutableBufferPointer { result in
      let target = Shared(result.baseAddress!)
      ThreadPool.forEach(pieces) { piece in
        for row in ThreadPool.piece(piece, of: pieces, in: 0..<samples) {
          addRow(
            row, a.storage, b.storage, first: first, second: second, isFirst: isFirst,
            to: target.pointer)
        }
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addRow(
    _ row: Int, _ a: [Scalar], _ b: [Scalar], first: Int, second: Int, isFirst: Bool,
    to result: UnsafeMutablePointer<Scalar>
  ) {
    let samples = pass.pointCount
    let outputs = pass.outputsPerPoint
    let count = second <= first ? row + 1 : row
    let target = result + (row * outputs + first) * rowCount + second
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        let (a, b) = (a.baseAddress! + row * samples, b.baseAddress! + row * samples)
        if isFirst {
          for j in 0..<count { target[j * outputs] = a[j] * b[j] }
        } else {
          for j in 0..<count { target[j * outputs] += a[j] * b[j] }
        }
      }
    }
  }
}
