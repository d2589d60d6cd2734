import CKernels

/// A scalar that kernels exist for, with its tables.
protocol KernelScalar: BinaryFloatingPoint, Sendable {
  static func kernels(_ level: optimkit_level) -> Kernels<Self>
}

extension KernelScalar {
  /// Values in a row of one lane group.
  static var laneGroup: Int { Int(OPTIMKIT_LANE_BYTES) / MemoryLayout<Self>.stride }
}

/// One table, with the scalar as a parameter.
struct Kernels<T> {
  typealias Values = UnsafePointer<T>?
  typealias MutableValues = UnsafeMutablePointer<T>?
  typealias Words = UnsafePointer<UInt64>?
  typealias Network = UnsafePointer<optimkit_relu>?
  typealias Product = (Network, Values, Words, Int, Int, MutableValues, UnsafeMutableRawPointer?) ->
    Void

  let scratchSize: (Network) -> Int
  let forward:
    (
      Network, Values, Int, Int, UnsafeMutablePointer<UInt64>?, MutableValues,
      UnsafeMutableRawPointer?
    ) -> Void
  let product: Product
  let transposedProduct: Product
  let gramProduct: Product
  let leftFactors: (Network, Words, Words, Int, Int, Int, MutableValues, Int, Int) -> Void
  let bitGram: (Words, Int, Int, Words, Values, T, Int, Int, MutableValues, Int, Int) -> Void
  let transposeIntoLanes: (Values, Int, Int, MutableValues, Int, Int) -> Void
  let copyIntoLanes: (Values, Int, Int, MutableValues, Int, Int) -> Void
  let khatriRao: (Values, Int, Values, Int, MutableValues, Int) -> Void
  let flipSigns: (MutableValues, Int, Int, Words, UInt64) -> Void
  let hadamard: (MutableValues, Int, Int) -> Void
  let hadamardGather: (MutableValues, Words, Int, Int, Values, Int, UInt64, T) -> Void
  let sparseSign: (MutableValues, Int, Values, Int, UnsafePointer<UInt32>?, Int, T) -> Void
  let normal: (UInt64, UInt64, UInt64, Int, MutableValues) -> Void
  let activate:
    (
      optimkit_activation, Double, Values, Int, MutableValues, MutableValues, MutableValues,
      MutableValues
    ) -> Void
}

extension Double: KernelScalar {
  static func kernels(_ level: optimkit_level) -> Kernels<Double> {
    let table = optimkit_kernel_table_double(level).pointee
    return Kernels(
      scratchSize: table.relu_scratch_size, forward: table.relu_forward,
      product: table.relu_product, transposedProduct: table.relu_transposed_product,
      gramProduct: table.relu_gram_product, leftFactors: table.relu_left_factors,
      bitGram: table.bit_gram,
      transposeIntoLanes: table.transpose_into_lanes, copyIntoLanes: table.copy_into_lanes,
      khatriRao: table.khatri_rao, flipSigns: table.flip_signs, hadamard: table.hadamard,
      hadamardGather: table.hadamard_gather, sparseSign: table.sparse_sign, normal: table.normal,
      activate: table.activate)
  }
}

extension Float: KernelScalar {
  static func kernels(_ level: optimkit_level) -> Kernels<Float> {
    let table = optimkit_kernel_table_float(level).pointee
    return Kernels(
      scratchSize: table.relu_scratch_size, forward: table.relu_forward,
      product: table.relu_product, transposedProduct: table.relu_transposed_product,
      gramProduct: table.relu_gram_product, leftFactors: table.relu_left_factors,
      bitGram: table.bit_gram,
      transposeIntoLanes: table.transpose_into_lanes, copyIntoLanes: table.copy_into_lanes,
      khatriRao: table.khatri_rao, flipSigns: table.flip_signs, hadamard: table.hadamard,
      hadamardGather: table.hadamard_gather, sparseSign: table.sparse_sign, normal: table.normal,
      activate: table.activate)
  }
}

/// One table of kernels: a level that this processor supports, and a scalar.
struct KernelVariant: CustomStringConvertible, Sendable {
  let level: optimkit_level
  let scalar: any KernelScalar.Type

  var description: String { "\(String(cString: optimkit_level_name(level))) \(scalar)" }

  static var supported: [KernelVariant] {
    (0...optimkit_supported_level().rawValue).flatMap { level -> [KernelVariant] in
      let scalars: [any KernelScalar.Type] = [Float.self, Double.self]
      return scalars.map { KernelVariant(level: optimkit_level(level), scalar: $0) }
    }
  }
}

/// Memory aligned to 64 bytes.
final class Aligned<T> {
  let memory: UnsafeMutableBufferPointer<T>

  init(_ values: [T]) {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(64, values.count * MemoryLayout<T>.stride), alignment: 64)
    let start = raw.initializeMemory(as: T.self, from: values, count: values.count)
    memory = UnsafeMutableBufferPointer(start: start, count: values.count)
  }

  convenience init(repeating value: T, count: Int) {
    self.init([T](repeating: value, count: count))
  }

  var start: UnsafeMutablePointer<T>? { memory.baseAddress }

  deinit { memory.baseAddress?.deallocate() }
}

/// SplitMix64, enough for test data.
struct TestRandom {
  var state: UInt64

  init(seed: Int) { state = UInt64(seed) }

  mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Values from -1 to 1 that `Float` holds exactly.
  mutating func values(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(Int64(bitPattern: word()) >> 41) * 0x1p-22 }
  }

  /// Integers from -7 to 7, whose short sums no rounding touches.
  mutating func integers(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(word() % 15) - 7 }
  }
}
