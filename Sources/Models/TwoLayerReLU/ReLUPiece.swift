import CKernels

/// Some neurons on some samples, with what kernels take to work on them.
struct ReLUPiece {
  /// The network on the samples of the piece alone.
  let network: UnsafePointer<optimkit_relu>

  /// The samples.
  let samples: Range<Int>

  /// The words of activation bits that stand for the neurons.
  let words: Range<Int>

  /// Memory for the kernels.
  let scratch: UnsafeMutableRawPointer

  /// Where the activation bits of the first sample start.
  var firstWord: Int { samples.lowerBound * network.pointee.words }

  /// Where the outputs of the first sample are.
  var firstOutput: Int { samples.lowerBound * network.pointee.outputs }
}
