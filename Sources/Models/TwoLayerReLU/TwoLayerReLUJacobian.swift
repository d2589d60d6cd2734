import CKernels
import OptimKit

/// The Jacobian of a two-layer ReLU network at one point, kept as activation bits.
///
/// Row i k + o is (a_o ∘ [Wxᵢ > 0]) / √m ⊗ xᵢ. Storage: n · m / 8 bytes of bits, shared with copies.
public struct TwoLayerReLUJacobian<Scalar: RealScalar>: JacobianProvider {
  let network: TwoLayerReLU<Scalar>
  let bits: ActivationBits

  /// n k.
  public var rowCount: Int { network.outputCount }

  /// m d.
  public var columnCount: Int { network.parameterCount }

  /// result ← J v.
  ///
  /// - Complexity: O(n m d).
  public func apply(_ v: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(v.count == columnCount && result.count == rowCount)
    v.withUnsafeBufferPointer { v in
      let v = Shared(v.baseAddress)
      network.sumOverNeurons(into: &result) { piece, partial in
        Scalar.routines.kernels.reluProduct(
          piece.network, v.pointer, bits.words.baseAddress! + piece.firstWord,
          piece.words.lowerBound, piece.words.upperBound, partial, piece.scratch)
      }
    }
  }

  /// result ← Jᵀ u.
  ///
  /// - Complexity: O(n m d).
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    precondition(u.count == rowCount && result.count == columnCount)
    u.withUnsafeBufferPointer { u in
      let u = Shared(u.baseAddress!)
      network.sumOverSamples(into: &result) { piece, partial in
        Scalar.routines.kernels.reluTransposedProduct(
          piece.network, u.pointer + piece.firstOutput, bits.words.baseAddress! + piece.firstWord,
          piece.words.lowerBound, piece.words.upperBound, partial, piece.scratch)
      }
    }
  }

  /// How many activation bits differ from those of another linearization of the same network.
  ///
  /// - Complexity: O(n m / 64).
  public func flippedActivationCount(from other: Self) -> Int {
    precondition(bits.words.count == other.bits.words.count, "the networks have the same shape")
    return zip(bits.words, other.bits.words).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
  }
}
