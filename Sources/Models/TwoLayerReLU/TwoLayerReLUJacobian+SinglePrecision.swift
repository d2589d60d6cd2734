import CKernels
import OptimKit

extension TwoLayerReLUJacobian: SinglePrecisionTransposing {
  /// result ← Jᵀu to within some roundoffs of `Float`: about half the time of the product in double precision.
  ///
  /// - Complexity: O(n m d), and n d of `Float` that are kept.
  public func applyTransposedInSinglePrecision(
    _ u: Span<Scalar>, into result: inout MutableSpan<Scalar>
  ) {
    precondition(u.count == rowCount && result.count == columnCount)
    let norm = Scalar.norm(u)
    guard Scalar.self != Float.self, norm > 0, (1 / norm).isFinite,
      let twin = network.roundedToSinglePrecision()
    else {
      applyTransposed(u, into: &result)
      return
    }
    // Of norm 1, so that nothing overflows.
    var rounded = Float.zeros(u.count)
    var span = rounded.mutableSpan
    Scalar.roundToSinglePrecision(u, scaledBy: 1 / norm, into: &span)
    let length = twin.featureCount
    // All samples at once: what they add up to is widened while it is in the cache.
    let whole = network.cut()
    let cut = ReLUCut(words: min(whole.words * whole.samples, network.wordsPerSample), samples: 1)
    result.withUnsafeMutableBufferPointer { result in
      let result = Shared(result)
      rounded.withUnsafeBufferPointer { rounded in
        let rounded = Shared(rounded.baseAddress!)
        twin.forEachPiece(of: cut) { piece, _, _ in
          let neurons = 64 * piece.words.lowerBound..<min(64 * piece.words.upperBound, twin.width)
          let range = neurons.lowerBound * length..<neurons.upperBound * length
          Float.routines.scratch.withBuffer(count: range.count) { buffer in
            // Kernels count neurons from the first of the network.
            Float.routines.kernels.reluTransposedProduct(
              piece.network, rounded.pointer, bits.words.baseAddress! + piece.firstWord,
              piece.words.lowerBound, piece.words.upperBound, buffer - range.lowerBound,
              piece.scratch)
            var target = result.pointer.extracting(range).mutableSpan
            Scalar.widen(
              UnsafeBufferPointer(start: buffer, count: range.count).span, scaledBy: norm,
              into: &target)
          }
        }
      }
    }
  }
}
