import OptimKit

/// c[t] = Σ_u a[(t − u) mod s] b[u] for real vectors that travel in lanes, where b has few nonzeros.
///
/// Each row of s, in Lanes.width lanes of 64 bytes, is four vectors. A term at a time costs 2 s flops per
/// nonzero of b; by Fourier transforms, O(s log s) whatever their number. Two lanes share a transform:
/// forward a + i b at once, for P = (Z[k]² − conj Z[−k]²) / 4i, and back two lanes' P + i P'.
package struct CyclicConvolution: Sendable {
  private let transform: MixedRadixTransform

  /// The length s.
  package var length: Int { transform.length }

  /// Prepares convolutions of a length that `MixedRadixTransform.largestLength(upTo:)` returned.
  package init(length: Int) { transform = MixedRadixTransform(length: length) }

  /// The number of nonzeros from which on transforms are the faster way: measured.
  package var transformThreshold: Int {
    3 * (Int.bitWidth - length.leadingZeroBitCount)
  }

  /// result ← the convolution of a, all of its rows, and b, which has row t of `right` at `positions[t]`;
  /// rows at the same position add up.
  ///
  /// - Parameter usesTransform: Which way, or nil for the faster one.
  package func apply<Scalar: RealScalar>(
    _ left: UnsafePointer<Scalar>, _ right: UnsafePointer<Scalar>, at positions: [Int],
    into result: UnsafeMutablePointer<Scalar>, usesTransform: Bool? = nil
  ) {
    let byTransform = usesTransform ?? (positions.count >= transformThreshold)
    if Scalar.self == Double.self {
      run(SIMD2<Double>.self)
    } else {
      run(SIMD4<Float>.self)
    }
    func run<Vector: SIMD>(_ type: Vector.Type) where Vector.Scalar: BinaryFloatingPoint {
      let left = UnsafeRawPointer(left)
      let right = UnsafeRawPointer(right)
      let result = UnsafeMutableRawPointer(result)
      if byTransform {
        convolveByTransform(left, right, positions, result, type)
      } else {
        convolveDirectly(left, right, positions, result, type)
      }
    }
  }

  @specialized(where Vector == SIMD2<Double>)
  @specialized(where Vector == SIMD4<Float>)
  private func convolveDirectly<Vector: SIMD>(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ positions: [Int],
    _ result: UnsafeMutableRawPointer, _: Vector.Type
  ) where Vector.Scalar: BinaryFloatingPoint {
    let length = length
    positions.withUnsafeBufferPointer { positions in
      for row in 0..<length {
        var (sum0, sum1, sum2, sum3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
        for term in positions.indices {
          let offset = row - positions[term]
          let a = left + 64 * (offset < 0 ? offset + length : offset)
          let b = right + 64 * term
          sum0 += a.load(as: Vector.self) * b.load(as: Vector.self)
          sum1 +=
            a.load(fromByteOffset: 16, as: Vector.self)
            * b.load(fromByteOffset: 16, as: Vector.self)
          sum2 +=
            a.load(fromByteOffset: 32, as: Vector.self)
            * b.load(fromByteOffset: 32, as: Vector.self)
          sum3 +=
            a.load(fromByteOffset: 48, as: Vector.self)
            * b.load(fromByteOffset: 48, as: Vector.self)
        }
        let target = result + 64 * row
        target.storeBytes(of: sum0, as: Vector.self)
        target.storeBytes(of: sum1, toByteOffset: 16, as: Vector.self)
        target.storeBytes(of: sum2, toByteOffset: 32, as: Vector.self)
        target.storeBytes(of: sum3, toByteOffset: 48, as: Vector.self)
      }
    }
  }

  @specialized(where Vector == SIMD2<Double>)
  @specialized(where Vector == SIMD4<Float>)
  private func convolveByTransform<Vector: SIMD>(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ positions: [Int],
    _ result: UnsafeMutableRawPointer, _ type: Vector.Type
  ) where Vector.Scalar: BinaryFloatingPoint {
    let length = length
    let count = 2 * length
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 6 * count * 16, alignment: 64)
    defer { memory.deallocate() }
    let start = memory.bindMemory(to: Vector.self, capacity: 6 * count)
    var (first, second, scratch) = (
      ComplexLanes(real: start, imaginary: start + count),
      ComplexLanes(real: start + 2 * count, imaginary: start + 3 * count),
      ComplexLanes(real: start + 4 * count, imaginary: start + 5 * count)
    )
    multiplySpectra(left, right, positions, half: 0, &first, &scratch)
    multiplySpectra(left, right, positions, half: 1, &second, &scratch)
    for k in 0..<count {
      let real = first.real[k] - second.imaginary[k]
      first.imaginary[k] += second.real[k]
      first.real[k] = real
    }
    // Backwards: the real parts are in the imaginary ones' place.
    var product = ComplexLanes(real: first.imaginary, imaginary: first.real)
    transform.apply(to: &product, scratch: &scratch, groupCount: 2)
    let scale = 1 / Vector.Scalar(length)
    for row in 0..<length {
      let target = result + 64 * row
      for part in 0..<2 {
        target.storeBytes(
          of: product.imaginary[2 * row + part] * scale, toByteOffset: 16 * part, as: type)
        target.storeBytes(
          of: product.real[2 * row + part] * scale, toByteOffset: 32 + 16 * part, as: type)
      }
    }
  }

  /// z ← the transform of a times that of b, for the first or the second half of the lanes.
  @inline(__always)
  private func multiplySpectra<Vector: SIMD>(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ positions: [Int], half: Int,
    _ z: inout ComplexLanes<Vector>, _ scratch: inout ComplexLanes<Vector>
  ) where Vector.Scalar: BinaryFloatingPoint {
    for row in 0..<length {
      for part in 0..<2 {
        z.real[2 * row + part] = left.load(
          fromByteOffset: 64 * row + 32 * half + 16 * part, as: Vector.self)
        z.imaginary[2 * row + part] = .zero
      }
    }
    for (term, position) in positions.enumerated() {
      for part in 0..<2 {
        z.imaginary[2 * position + part] += right.load(
          fromByteOffset: 64 * term + 32 * half + 16 * part, as: Vector.self)
      }
    }
    transform.apply(to: &z, scratch: &scratch, groupCount: 2)
    let (half, quarter) = (Vector.Scalar(0.5), Vector.Scalar(0.25))
    for k in 0...length / 2 {
      let opposite = k == 0 ? 0 : length - k
      for part in 0..<2 {
        let (a, b) = (z.real[2 * k + part], z.imaginary[2 * k + part])
        let (c, d) = (z.real[2 * opposite + part], z.imaginary[2 * opposite + part])
        let real = (a * b + c * d) * half
        let imaginary = (b * b - a * a + c * c - d * d) * quarter
        z.real[2 * k + part] = real
        z.real[2 * opposite + part] = real
        z.imaginary[2 * opposite + part] = Vector.zero - imaginary
        z.imaginary[2 * k + part] = imaginary
      }
    }
  }
}
