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
      sumOverNeurons(into: &outputs) { network, words, partial, scratch in
        Scalar.routines.kernels.reluForward(
          network, weights.pointer, words.lowerBound, words.upperBound, bits?.words.baseAddress,
          partial, scratch)
      }
    }
  }
}

extension TwoLayerReLU {
  /// 64-bit words of activation bits in a row.
  var wordsPerSample: Int { (width + 63) / 64 }

  /// Into how many ranges neurons are cut: enough to keep threads busy, each long enough for kernels, which
  /// work on up to 8 words side by side.
  var wordRangeCount: Int { min(64, max(wordsPerSample / 8, min(wordsPerSample, 2))) }

  /// Calls `kernel` for the ranges of words that neurons are cut into, each with scratch of its own.
  ///
  /// The cut depends on the shape alone, so that sums over ranges do not depend on the threads.
  func forEachWordRange(
    count: Int,
    _ kernel:
      @Sendable (
        _ network: UnsafePointer<optimkit_relu>, _ words: Range<Int>, _ number: Int,
        _ scratch: UnsafeMutableRawPointer
      ) -> Void
  ) {
    samples.features.storage.withUnsafeBufferPointer { features in
      paddedSigns.withUnsafeBufferPointer { signs in
        let network = Shared(
          optimkit_relu(
            samples: sampleCount, features: featureCount, neurons: width,
            outputs: outputsPerSample, words: wordsPerSample, x: features.baseAddress,
            signs: signs.baseAddress, scale: 1 / Double(width).squareRoot()))
        ThreadPool.forEach(count) { number in
          withUnsafePointer(to: network.pointer) { network in
            let scratch = UnsafeMutableRawPointer.allocate(
              byteCount: max(64, Scalar.routines.kernels.reluScratchSize(network)), alignment: 64)
            defer { scratch.deallocate() }
            let words = ThreadPool.piece(number, of: count, in: 0..<wordsPerSample)
            kernel(network, words, number, scratch)
          }
        }
      }
    }
  }

  /// result ← the sum of what `kernel` writes for each range of neurons, in order.
  func sumOverNeurons(
    into result: inout MutableSpan<Scalar>,
    _ kernel:
      @Sendable (
        _ network: UnsafePointer<optimkit_relu>, _ words: Range<Int>,
        _ partial: UnsafeMutablePointer<Scalar>, _ scratch: UnsafeMutableRawPointer
      ) -> Void
  ) {
    let length = outputCount
    // Few enough ranges that partial sums stay small beside the rest.
    let count = max(1, min(wordRangeCount, (1 << 22) / length))
    let partials = AlignedBuffer<Scalar>(count: count * length)
    let base = Shared(partials.baseAddress)
    forEachWordRange(count: count) { network, words, number, scratch in
      kernel(network, words, base.pointer + number * length, scratch)
    }
    Scalar.fill(&result, with: 0)
    for number in 0..<count {
      let partial = UnsafeBufferPointer(
        start: UnsafePointer(partials.baseAddress + number * length), count: length)
      Scalar.add(1, partial.span, to: &result)
    }
  }
}
