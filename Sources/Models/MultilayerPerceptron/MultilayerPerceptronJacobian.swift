import OptimKit

/// The Jacobian of a network's outputs at one point, kept as the activations of its layers.
///
/// Row i k + o is the concatenation over layers of δ ⊗ (a, 1), with δ the derivative of output o at sample i with
/// respect to the layer's weighted sums, and a what enters the layer. Storage: that of the activations, two for each
/// neuron and sample; as much again for each output once rows or the Gram matrix are asked for.
public struct MultilayerPerceptronJacobian<Scalar: RealScalar>: JacobianProvider {
  let linearization: NetworkLinearization<Scalar>

  var pass: NetworkPass<Scalar> { linearization.pass }

  /// n k.
  public var rowCount: Int { pass.outputCount }

  /// p.
  public var columnCount: Int { pass.architecture.parameterCount }

  /// result ← J v.
  ///
  /// - Complexity: O(n p).
  public func apply(_ v: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(v.count == columnCount && result.count == rowCount)
    v.withUnsafeBufferPointer { v in
      result.withUnsafeMutableBufferPointer {
        linearization.state.multiply(v.baseAddress!, into: $0.baseAddress!)
      }
    }
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: O(n p).
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(u.count == rowCount && result.count == columnCount)
    u.withUnsafeBufferPointer { u in
      result.withUnsafeMutableBufferPointer {
        linearization.state.multiplyTransposed(u.baseAddress!, into: $0.baseAddress!)
      }
    }
  }
}

extension MultilayerPerceptronJacobian: RowAccessible {
  /// result ← rows `rows` of J: gradients of single outputs.
  ///
  /// - Complexity: O(rows · p), and one backpropagation for each of the k outputs the first time.
  public func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    precondition(result.count == rows.count * columnCount)
    guard !rows.isEmpty else { return }
    result.withUnsafeMutableBufferPointer {
      linearization.sensitivities.copyRows(rows, into: $0.baseAddress!)
    }
  }
}

extension MultilayerPerceptronJacobian: WorkStating {
  /// One pass forward, or back.
  public var productWork: Work { Work(matrixOperations: linearization.productOperations) }

  /// One each way.
  public var gramProductWork: Work { 2 * productWork }

  /// Two products of factors for each layer and pair of outputs, and their product element by element.
  public var gramWork: Work {
    let samples = Double(pass.pointCount)
    let outputs = Double(pass.outputsPerPoint)
    let squares = samples * samples
    let widths = pass.layers.reduce(0.0) {
      $0 + Double($1.inputs + 1) + 2 * outputs * outputs * Double($1.outputs)
    }
    return Work(
      matrixOperations: squares * widths,
      streamedBytes: 4 * squares * outputs * outputs
        * Double(pass.layers.count * MemoryLayout<Scalar>.size))
  }

  /// p elements, a few at a time.
  public var rowWork: Work { Work(vectorOperations: 2 * Double(columnCount)) }
}
