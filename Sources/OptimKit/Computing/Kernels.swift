import CKernels

/// The C kernels of one scalar type, at the level in use.
package struct Kernels<Scalar>: @unchecked Sendable {
  package typealias Vector = UnsafePointer<Scalar>?
  package typealias MutableVector = UnsafeMutablePointer<Scalar>?
  package typealias Network = UnsafePointer<optimkit_relu>?
  package typealias Bits = UnsafePointer<UInt64>?
  package typealias MutableBits = UnsafeMutablePointer<UInt64>?
  package typealias Scratch = UnsafeMutableRawPointer?

  // The two-layer ReLU network.
  package let reluScratchSize: (Network) -> Int
  package let reluForward: (Network, Vector, Int, Int, MutableBits, MutableVector, Scratch) -> Void
  package let reluProduct: (Network, Vector, Bits, Int, Int, MutableVector, Scratch) -> Void
  package let reluTransposedProduct:
    (Network, Vector, Bits, Int, Int, MutableVector, Scratch) -> Void
  package let reluGramProduct: (Network, Vector, Bits, Int, Int, MutableVector, Scratch) -> Void
  package let reluLeftFactors: (Network, Bits, Bits, Int, Int, Int, MutableVector, Int, Int) -> Void
  package let bitGram:
    (
      Bits, Int, Int, Bits, Vector, Scalar, Int, Int, MutableVector, Int, Int
    ) -> Void

  // Blocks of sketch input.
  package let transposeIntoLanes: (Vector, Int, Int, MutableVector, Int, Int) -> Void
  package let copyIntoLanes: (Vector, Int, Int, MutableVector, Int, Int) -> Void
  package let khatriRao: (Vector, Int, Vector, Int, MutableVector, Int) -> Void
  package let flipSigns: (MutableVector, Int, Int, Bits, UInt64) -> Void
  package let hadamard: (MutableVector, Int, Int) -> Void
  package let hadamardGather: (MutableVector, Bits, Int, Int, Vector, Int, UInt64, Scalar) -> Void
  package let sparseSign:
    (MutableVector, Int, Vector, Int, UnsafePointer<UInt32>?, Int, Scalar) -> Void

  // Random numbers.
  let normal: (UInt64, UInt64, UInt64, Int, MutableVector) -> Void

  // Networks.
  package let activate:
    (
      optimkit_activation, Double, Vector, Int, MutableVector, MutableVector, MutableVector,
      MutableVector
    ) -> Void
}

extension Kernels<Double> {
  init(_ table: optimkit_kernels_double) {
    self.init(
      reluScratchSize: table.relu_scratch_size, reluForward: table.relu_forward,
      reluProduct: table.relu_product, reluTransposedProduct: table.relu_transposed_product,
      reluGramProduct: table.relu_gram_product, reluLeftFactors: table.relu_left_factors,
      bitGram: table.bit_gram,
      transposeIntoLanes: table.transpose_into_lanes, copyIntoLanes: table.copy_into_lanes,
      khatriRao: table.khatri_rao, flipSigns: table.flip_signs, hadamard: table.hadamard,
      hadamardGather: table.hadamard_gather, sparseSign: table.sparse_sign, normal: table.normal,
      activate: table.activate)
  }
}

extension Kernels<Float> {
  init(_ table: optimkit_kernels_float) {
    self.init(
      reluScratchSize: table.relu_scratch_size, reluForward: table.relu_forward,
      reluProduct: table.relu_product, reluTransposedProduct: table.relu_transposed_product,
      reluGramProduct: table.relu_gram_product, reluLeftFactors: table.relu_left_factors,
      bitGram: table.bit_gram,
      transposeIntoLanes: table.transpose_into_lanes, copyIntoLanes: table.copy_into_lanes,
      khatriRao: table.khatri_rao, flipSigns: table.flip_signs, hadamard: table.hadamard,
      hadamardGather: table.hadamard_gather, sparseSign: table.sparse_sign, normal: table.normal,
      activate: table.activate)
  }
}
