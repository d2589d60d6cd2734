import CKernels
import OptimKit

extension TwoLayerReLU: Model {
  /// m d.
  public var parameterCount: Int { width * featureCount }

  /// n k.
  public var outputCount: Int { sampleCount * outputsPerSample }

  /// outputs ← f(W).
  ///
  /// - Complexity: O(n m d).
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) {
    forward(at: parameters, bits: nil, into: &outputs)
  }

  /// outputs ← f(W), and the Jacobian at W, in one pass.
  ///
  /// - Complexity: O(n m d).
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) -> TwoLayerReLUJacobian<Scalar> {
    let bits = ActivationBits(sampleCount: sampleCount, width: width, pool: samples.bitPool)
    forward(at: parameters, bits: bits, into: &outputs)
    return TwoLayerReLUJacobian(network: self, bits: bits)
  }

  private func forward(
    at parameters: Span<Scalar>, bits: ActivationBits?, into outputs: inout MutableSpan<Scalar>
  ) {
    precondition(parameters.count == parameterCount && outputs.count == outputCount)
    parameters.withUnsafeBufferPointer { weights in
      let weights = Shared(weights.baseAddress)
      sumOverNeurons(into: &outputs) { piece, partial in
        Scalar.routines.kernels.reluForward(
          piece.network, weights.pointer, piece.words.lowerBound, piece.words.upperBound,
          bits.map { $0.words.baseAddress! + piece.firstWord }, partial, piece.scratch)
      }
    }
  }
}
