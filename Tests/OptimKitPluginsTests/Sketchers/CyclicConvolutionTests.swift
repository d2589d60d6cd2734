import Foundation
import OptimKit
import OptimKitPlugins
import Testing

@Suite("Fourier transforms and cyclic convolutions")
struct CyclicConvolutionTests {
  @Test(
    "the transform is that of the definition, and its inverse too",
    arguments: [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 25, 30, 32, 45, 60, 64, 125, 180])
  func transform(length: Int) {
    typealias Vector = SIMD2<Double>
    let groups = 2
    let input: [Double] = normalPair(4 * length * groups)
    let memory = UnsafeMutablePointer<Vector>.allocate(capacity: 4 * length * groups)
    defer { memory.deallocate() }
    let count = length * groups
    for i in 0..<2 * count { memory[i] = Vector(input[2 * i], input[2 * i + 1]) }
    var x = ComplexLanes(real: memory, imaginary: memory + count)
    var scratch = ComplexLanes(real: memory + 2 * count, imaginary: memory + 3 * count)
    let original = (0..<2 * count).map { memory[$0] }
    let plan = MixedRadixTransform(length: length)
    plan.apply(to: &x, scratch: &scratch, groupCount: groups)
    for k in 0..<length {
      for group in 0..<groups {
        var (real, imaginary) = (Vector.zero, Vector.zero)
        for t in 0..<length {
          let angle = -2 * Double.pi * Double(k * t % length) / Double(length)
          let (a, b) = (original[t * groups + group], original[count + t * groups + group])
          real += a * cos(angle) - b * sin(angle)
          imaginary += a * sin(angle) + b * cos(angle)
        }
        let index = k * groups + group
        for lane in 0..<2 {
          #expect(abs(x.real[index][lane] - real[lane]) < 1e-13 * Double(length))
          #expect(abs(x.imaginary[index][lane] - imaginary[lane]) < 1e-13 * Double(length))
        }
      }
    }
    var exchanged = ComplexLanes(real: x.imaginary, imaginary: x.real)
    plan.apply(to: &exchanged, scratch: &scratch, groupCount: groups)
    for i in 0..<count {
      let difference = exchanged.imaginary[i] / Double(length) - original[i]
      #expect(max(abs(difference[0]), abs(difference[1])) < 1e-13)
    }
  }

  @Test("lengths have no prime factors but 2, 3 and 5, and are the largest such")
  func lengths() {
    for bound in 1...2000 {
      let expected = stride(from: bound, through: 1, by: -1).first { number in
        var rest = number
        for prime in [2, 3, 5] { while rest.isMultiple(of: prime) { rest /= prime } }
        return rest == 1
      }
      #expect(MixedRadixTransform.largestLength(upTo: bound) == expected)
    }
    #expect(MixedRadixTransform.largestLength(upTo: 8000) == 8000)
  }

  @Test(
    "both ways give the convolution of the definition",
    arguments: [1, 2, 5, 9, 24, 50], [true, false])
  func convolution(length: Int, usesTransform: Bool) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let lanes = Lanes.width(of: Scalar.self)
      let terms = 7
      let left = AlignedBuffer<Scalar>(count: length * lanes)
      let right = AlignedBuffer<Scalar>(count: terms * lanes)
      let result = AlignedBuffer<Scalar>(count: length * lanes)
      _ = left.memory.update(fromContentsOf: normalVector(length * lanes, seed: 1) as [Scalar])
      _ = right.memory.update(fromContentsOf: normalVector(terms * lanes, seed: 2) as [Scalar])
      // Some positions coincide.
      let positions = (0..<terms).map { 5 * $0 % length }
      CyclicConvolution(length: length).apply(
        left.baseAddress, right.baseAddress, at: positions, into: result.baseAddress,
        usesTransform: usesTransform)
      for t in 0..<length {
        for lane in 0..<lanes {
          var sum: Scalar = 0
          for (term, position) in positions.enumerated() {
            let row = (t - position + length) % length
            sum += left.memory[row * lanes + lane] * right.memory[term * lanes + lane]
          }
          #expect(abs(result.memory[t * lanes + lane] - sum) < 200 * Scalar.unitRoundoff)
        }
      }
    }
    check(Double.self)
    check(Float.self)
  }

  private func normalPair(_ count: Int) -> [Double] { normalVector(count, seed: 3) }
}
