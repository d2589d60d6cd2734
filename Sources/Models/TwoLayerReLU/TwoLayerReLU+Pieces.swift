import CKernels
import OptimKit

// Work is cut by the shape of the network alone, so that sums over pieces do not depend on the threads.

/// Into how many ranges neurons and samples are cut.
struct ReLUCut {
  /// Ranges of words of neurons.
  let words: Int
  /// Ranges of samples.
  let samples: Int
}

extension TwoLayerReLU {
  /// 64-bit words of activation bits in a row.
  var wordsPerSample: Int { (width + 63) / 64 }

  /// Enough pieces to keep threads busy: of neurons, each long enough for kernels, which work on up to 8 words
  /// side by side, and of samples where there are few neurons.
  ///
  /// - Parameter limit: The most ranges of neurons.
  func cut(wordRanges limit: Int = .max) -> ReLUCut {
    let words = max(1, min(64, limit, max(wordsPerSample / 8, min(wordsPerSample, 2))))
    // Kernels prepare the neurons' weights anew for each range of samples, which a hundred samples repay.
    let most = min(sampleCount / 192, Int(Double(sampleCount) * Double(parameterCount) / 0x1p17))
    return ReLUCut(words: words, samples: max(1, min(16 / words, most)))
  }

  /// The cut for sums of results of all samples: few enough ranges of neurons that these stay small.
  var outputCut: ReLUCut { cut(wordRanges: (1 << 22) / outputCount) }

  /// Calls `body` with the network as kernels know it.
  func withKernelNetwork<Result>(
    _ body: (UnsafePointer<optimkit_relu>) throws -> Result
  ) rethrows -> Result {
    try samples.features.storage.withUnsafeBufferPointer { features in
      try paddedSigns.withUnsafeBufferPointer { signs in
        let network = optimkit_relu(
          samples: sampleCount, features: featureCount, neurons: width,
          outputs: outputsPerSample, words: wordsPerSample, x: features.baseAddress,
          signs: signs.baseAddress, scale: outputScale)
        return try withUnsafePointer(to: network, body)
      }
    }
  }

  /// Calls `kernel` for each piece, with the numbers of its range of neurons and its range of samples.
  func forEachPiece(
    of cut: ReLUCut, _ kernel: @Sendable (_ piece: ReLUPiece, _ words: Int, _ samples: Int) -> Void
  ) {
    withKernelNetwork { whole in
      let whole = Shared(whole)
      ThreadPool.forEach(cut.words * cut.samples) { number in
        let (wordRange, sampleRange) = number.quotientAndRemainder(dividingBy: cut.samples)
        let samples = ThreadPool.piece(sampleRange, of: cut.samples, in: 0..<sampleCount)
        var network = whole.pointer.pointee
        network.samples = samples.count
        network.x += samples.lowerBound * featureCount * MemoryLayout<Scalar>.stride
        withUnsafePointer(to: network) { network in
          let words = ThreadPool.piece(wordRange, of: cut.words, in: 0..<wordsPerSample)
          let stride = MemoryLayout<Scalar>.stride
          let bytes = Scalar.routines.kernels.reluScratchSize(network)
          Scalar.routines.scratch.withBuffer(count: max(1, (bytes + stride - 1) / stride)) {
            kernel(
              ReLUPiece(network: network, samples: samples, words: words, scratch: $0),
              wordRange, sampleRange)
          }
        }
      }
    }
  }

  /// result ← the sum over ranges of neurons, in order, of what `kernel` writes for each of them: the outputs
  /// of the piece's samples.
  func sumOverNeurons(
    into result: inout MutableSpan<Scalar>,
    _ kernel: @Sendable (_ piece: ReLUPiece, _ partial: UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let cut = outputCut
    sumPartials(count: cut.words, into: &result) { partials in
      let partials = Shared(partials)
      let length = outputCount
      forEachPiece(of: cut) { piece, words, _ in
        kernel(piece, partials.pointer + words * length + piece.firstOutput)
      }
    }
  }

  /// result ← the sum over ranges of samples, in order, of what `kernel` writes for each of them: the weights of
  /// the piece's neurons, in the matrix of all.
  func sumOverSamples(
    into result: inout MutableSpan<Scalar>,
    _ kernel: @Sendable (_ piece: ReLUPiece, _ partial: UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let cut = cut()
    sumPartials(count: cut.samples, into: &result) { partials in
      let partials = Shared(partials)
      let length = parameterCount
      forEachPiece(of: cut) { piece, _, samples in
        kernel(piece, partials.pointer + samples * length)
      }
    }
  }

  /// result ← the sum of `count` vectors that `body` writes one after the other.
  private func sumPartials(
    count: Int, into result: inout MutableSpan<Scalar>,
    _ body: (UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let length = result.count
    guard count > 1 else {
      result.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
      return
    }
    let partials = AlignedBuffer<Scalar>(count: count * length)
    body(partials.baseAddress)
    for number in 0..<count {
      let partial = UnsafeBufferPointer(
        start: UnsafePointer(partials.baseAddress + number * length), count: length)
      if number == 0 {
        Scalar.copy(partial.span, into: &result)
      } else {
        Scalar.add(1, partial.span, to: &result)
      }
    }
  }
}
