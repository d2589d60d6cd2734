import Foundation

/// Pointers to the real and the imaginary parts of a complex array whose elements are groups of lanes.
package struct ComplexLanes<Vector> {
  /// The real parts.
  package var real: UnsafeMutablePointer<Vector>
  /// The imaginary parts.
  package var imaginary: UnsafeMutablePointer<Vector>

  /// Joins the parts of an array.
  package init(real: UnsafeMutablePointer<Vector>, imaginary: UnsafeMutablePointer<Vector>) {
    self.real = real
    self.imaginary = imaginary
  }
}

/// The discrete Fourier transform Z[k] = Σ_t z[t] exp(−2πi k t / s) of length s = 2^a 3^b 5^c, of several
/// vectors side by side.
///
/// Stockham's algorithm, in natural order: each pass of radix 4, 2, 3 or 5 reads one array and writes the
/// other. Cost O(s log s) per lane; storage 16 s bytes for the roots of unity.
package struct MixedRadixTransform: Sendable {
  /// The length s.
  package let length: Int

  private let radices: [Int]
  private let cosines: [Double]
  private let sines: [Double]

  /// Plans transforms of a length that `largestLength(upTo:)` returned.
  package init(length: Int) {
    var radices: [Int] = []
    var rest = length
    for radix in [4, 2, 3, 5] {
      while rest.isMultiple(of: radix) {
        radices.append(radix)
        rest /= radix
      }
    }
    precondition(rest == 1, "the length has no prime factors but 2, 3 and 5")
    self.length = length
    self.radices = radices
    let angle = -2 * Double.pi / Double(length)
    cosines = (0..<length).map { cos(angle * Double($0)) }
    sines = (0..<length).map { sin(angle * Double($0)) }
  }

  /// The largest number up to `bound` whose prime factors are 2, 3 and 5; within 7 % of it from 31 on.
  package static func largestLength(upTo bound: Int) -> Int {
    var best = 1
    var fives = 1
    while fives <= bound {
      var threes = fives
      while threes <= bound {
        let twos = threes << ((bound / threes).bitWidth - 1 - (bound / threes).leadingZeroBitCount)
        best = max(best, twos)
        threes *= 3
      }
      fives *= 5
    }
    return best
  }

  /// x ← its transform; `scratch` is overwritten, and may be what x points to afterwards.
  ///
  /// The inverse, times s, is the same with real and imaginary parts exchanged.
  ///
  /// - Parameters:
  ///   - x: s · `groupCount` vectors each for the real and the imaginary parts.
  ///   - scratch: As many.
  ///   - groupCount: The number of vectors that make up an element.
  @specialized(where Vector == SIMD2<Double>)
  @specialized(where Vector == SIMD4<Float>)
  package func apply<Vector: SIMD>(
    to x: inout ComplexLanes<Vector>, scratch: inout ComplexLanes<Vector>, groupCount: Int
  ) where Vector.Scalar: BinaryFloatingPoint {
    var inner = groupCount
    var outer = length
    for radix in radices {
      outer /= radix
      let pass = Pass(
        source: x, target: scratch, inner: inner, outer: outer, gap: inner * outer)
      for j in 0..<outer {
        let step = j * (length / (outer * radix))
        let roots =
          (
            root(step), root(2 * step), root(radix > 3 ? 3 * step : 0),
            root(radix > 4 ? 4 * step : 0)
          ) as (Root<Vector>, Root<Vector>, Root<Vector>, Root<Vector>)
        switch radix {
        case 2: pass.radix2(j, roots.0)
        case 3: pass.radix3(j, roots.0, roots.1)
        case 4: pass.radix4(j, roots.0, roots.1, roots.2)
        default: pass.radix5(j, roots.0, roots.1, roots.2, roots.3)
        }
      }
      inner *= radix
      swap(&x, &scratch)
    }
  }

  /// The root of unity exp(−2πi power / s).
  @inline(__always)
  private func root<Vector: SIMD>(_ power: Int) -> Root<Vector>
  where Vector.Scalar: BinaryFloatingPoint {
    let index = power < length ? power : power - length
    return Root(
      real: Vector(repeating: Vector.Scalar(cosines[index])),
      imaginary: Vector(repeating: Vector.Scalar(sines[index])))
  }
}

/// A group of complex numbers, or one complex number in all lanes.
private struct Root<Vector: SIMD> where Vector.Scalar: BinaryFloatingPoint {
  var real: Vector
  var imaginary: Vector

  @inline(__always)
  static func + (a: Self, b: Self) -> Self {
    Self(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
  }

  @inline(__always)
  static func - (a: Self, b: Self) -> Self {
    Self(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
  }

  @inline(__always)
  static func * (a: Self, b: Self) -> Self {
    Self(
      real: a.real * b.real - a.imaginary * b.imaginary,
      imaginary: a.real * b.imaginary + a.imaginary * b.real)
  }

  @inline(__always)
  static func * (a: Self, b: Double) -> Self {
    let factor = Vector.Scalar(b)
    return Self(real: a.real * factor, imaginary: a.imaginary * factor)
  }

  /// −i times the number.
  @inline(__always)
  var timesMinusI: Self { Self(real: imaginary, imaginary: Vector.zero - real) }
}

/// One pass: element q of butterfly j reads at stride `gap` from q + `inner` · j, and writes at stride
/// `inner` from q + radix · `inner` · j.
private struct Pass<Vector: SIMD> where Vector.Scalar: BinaryFloatingPoint {
  let source: ComplexLanes<Vector>
  let target: ComplexLanes<Vector>
  let inner: Int
  let outer: Int
  let gap: Int

  @inline(__always)
  private func load(_ index: Int) -> Root<Vector> {
    Root(real: source.real[index], imaginary: source.imaginary[index])
  }

  @inline(__always)
  private func store(_ value: Root<Vector>, _ index: Int) {
    target.real[index] = value.real
    target.imaginary[index] = value.imaginary
  }

  @inline(__always)
  func radix2(_ j: Int, _ w: Root<Vector>) {
    for q in 0..<inner {
      let from = q + inner * j
      let to = q + 2 * inner * j
      let a = load(from)
      let b = load(from + gap)
      store(a + b, to)
      store((a - b) * w, to + inner)
    }
  }

  @inline(__always)
  func radix3(_ j: Int, _ w1: Root<Vector>, _ w2: Root<Vector>) {
    for q in 0..<inner {
      let from = q + inner * j
      let to = q + 3 * inner * j
      let a = load(from)
      let b = load(from + gap)
      let c = load(from + 2 * gap)
      let sum = b + c
      let even = a - sum * 0.5
      let odd = (b - c).timesMinusI * 0.866_025_403_784_438_6
      store(a + sum, to)
      store((even + odd) * w1, to + inner)
      store((even - odd) * w2, to + 2 * inner)
    }
  }

  @inline(__always)
  func radix4(_ j: Int, _ w1: Root<Vector>, _ w2: Root<Vector>, _ w3: Root<Vector>) {
    for q in 0..<inner {
      let from = q + inner * j
      let to = q + 4 * inner * j
      let a = load(from)
      let b = load(from + gap)
      let c = load(from + 2 * gap)
      let d = load(from + 3 * gap)
      let ac = a + c
      let bd = b + d
      let even = a - c
      let odd = (b - d).timesMinusI
      store(ac + bd, to)
      store((even + odd) * w1, to + inner)
      store((ac - bd) * w2, to + 2 * inner)
      store((even - odd) * w3, to + 3 * inner)
    }
  }

  @inline(__always)
  func radix5(
    _ j: Int, _ w1: Root<Vector>, _ w2: Root<Vector>, _ w3: Root<Vector>, _ w4: Root<Vector>
  ) {
    let (c1, c2) = (0.309_016_994_374_947_45, -0.809_016_994_374_947_5)
    let (s1, s2) = (0.951_056_516_295_153_5, 0.587_785_252_292_473_1)
    for q in 0..<inner {
      let from = q + inner * j
      let to = q + 5 * inner * j
      let a = load(from)
      let b = load(from + gap)
      let c = load(from + 2 * gap)
      let d = load(from + 3 * gap)
      let e = load(from + 4 * gap)
      let be = b + e
      let cd = c + d
      let even1 = a + be * c1 + cd * c2
      let even2 = a + be * c2 + cd * c1
      let odd1 = ((b - e) * s1 + (c - d) * s2).timesMinusI
      let odd2 = ((b - e) * s2 - (c - d) * s1).timesMinusI
      store(a + be + cd, to)
      store((even1 + odd1) * w1, to + inner)
      store((even2 + odd2) * w2, to + 2 * inner)
      store((even2 - odd2) * w3, to + 3 * inner)
      store((even1 - odd1) * w4, to + 4 * inner)
    }
  }
}
