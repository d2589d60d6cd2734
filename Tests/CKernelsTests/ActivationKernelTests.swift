import CKernels
import Foundation
import Testing

/// Activation functions at every level: their definitions with the C library's functions, and the same bits at all
/// levels.
@Suite struct ActivationKernelTests {
  static let kinds = [OPTIMKIT_RELU, OPTIMKIT_TANH, OPTIMKIT_GELU, OPTIMKIT_SINE]

  /// Arguments of all magnitudes, the ends of ranges, and multiples of an eighth of a turn.
  static let arguments: [Double] = {
    var random = TestRandom(seed: 5)
    let mantissas = random.values(4000)
    var result = (0..<4000).map { mantissas[$0] * exp2(Double($0 % 40) - 30) }
    result += (-40...40).map { Double($0) * .pi / 4 }
    result += [0, -0.0, 0x1p-1060, 0.17, 0.3465, 0.347, 1.04, 19, 22, 22.1, 350, 351, 1e5]
    return result + result.map { -$0 }
  }()

  private func results<T: KernelScalar>(
    _ kind: optimkit_activation, _ frequency: Double, _ x: [T], _ level: optimkit_level
  ) -> [[T]] {
    let results = (0..<4).map { _ in Aligned<T>(repeating: -99, count: x.count) }
    x.withUnsafeBufferPointer {
      T.kernels(level).activate(
        kind, frequency, $0.baseAddress, x.count, results[0].start, results[1].start,
        results[2].start, results[3].start)
    }
    return results.map { Array($0.memory) }
  }

  @Test func hyperbolicTangentIsWithinThreeUnitsOfTheLibrarys() {
    let x = Self.arguments
    let found = results(OPTIMKIT_TANH, 0, x, OPTIMKIT_LEVEL_PORTABLE)
    for i in x.indices {
      let expected = Foundation.tanh(x[i])
      #expect(abs(found[0][i] - expected) <= 3 * expected.ulp, "tanh \(x[i])")
      #expect(found[0][i].sign == x[i].sign)
      guard abs(x[i]) <= 300 else { continue }
      let cosine = cosh(x[i])
      let first = 1 / (cosine * cosine)
      #expect(abs(found[1][i] - first) <= 1e-14 * first, "tanh' \(x[i])")
      #expect(abs(found[2][i] + 2 * expected * first) <= 1e-14 * first)
      #expect(abs(found[3][i] - first * (6 * expected * expected - 2)) <= 1e-14 * first)
    }
  }

  @Test func sinesAreAccurate() {
    for frequency in [1.0, 30] {
      let x = Self.arguments
      let found = results(OPTIMKIT_SINE, frequency, x, OPTIMKIT_LEVEL_PORTABLE)
      for i in x.indices {
        let argument = frequency * x[i]
        guard abs(argument) < 1e6 else { continue }
        #expect(abs(found[0][i] - sin(argument)) <= 4e-16, "sin \(argument)")
        #expect(abs(found[1][i] - frequency * cos(argument)) <= 4e-16 * frequency)
        #expect(
          abs(found[2][i] + frequency * frequency * sin(argument)) <= 1e-15 * frequency * frequency)
      }
    }
  }

  /// Third derivatives included, by differences of the one before.
  @Test(arguments: [OPTIMKIT_TANH.rawValue, OPTIMKIT_GELU.rawValue, OPTIMKIT_SINE.rawValue])
  func derivativesAreThoseOfTheFunction(kind: UInt32) {
    let kind = optimkit_activation(kind)
    let frequency = 1.7
    let x = stride(from: -6.0, through: 6, by: 0.013).map { $0 }
    let h = 1e-5
    let above = results(kind, frequency, x.map { $0 + h }, OPTIMKIT_LEVEL_PORTABLE)
    let below = results(kind, frequency, x.map { $0 - h }, OPTIMKIT_LEVEL_PORTABLE)
    let found = results(kind, frequency, x, OPTIMKIT_LEVEL_PORTABLE)
    for order in 1...3 {
      for i in x.indices {
        let slope = (above[order - 1][i] - below[order - 1][i]) / (2 * h)
        #expect(abs(found[order][i] - slope) < 2e-9, "derivative \(order) at \(x[i])")
      }
    }
    guard kind == OPTIMKIT_GELU else { return }
    for i in x.indices {
      let inner = (2 / Double.pi).squareRoot() * (x[i] + 0.044715 * x[i] * x[i] * x[i])
      let expected = 0.5 * x[i] * (1 + Foundation.tanh(inner))
      #expect(abs(found[0][i] - expected) <= 4e-16 * (abs(x[i]) + 1e-300))
    }
  }

  @Test func everyLevelGivesTheSameBits() {
    for kind in Self.kinds {
      let whole = results(kind, 30, Self.arguments, OPTIMKIT_LEVEL_PORTABLE)
      for variant in KernelVariant.supported { check(kind, whole, variant, variant.scalar) }
    }
  }

  private func check<T: KernelScalar>(
    _ kind: optimkit_activation, _ whole: [[Double]], _ variant: KernelVariant, _: T.Type
  ) {
    // Of floats, those that are exact.
    let places = Self.arguments.indices.filter {
      Double(T(Self.arguments[$0])) == Self.arguments[$0]
    }
    let x = places.map { T(Self.arguments[$0]) }
    let found = results(kind, 30, x, variant.level)
    for order in 0..<4 {
      #expect(found[order] == places.map { T(whole[order][$0]) }, "\(variant), order \(order)")
    }
    // Fewer derivatives, in place, counts on either side of vectors and chunks.
    for count in [0, 1, 7, 8, 63, 64, 65, 130] {
      let memory = Aligned<T>(Array(x[..<count]) + [-99])
      let first = Aligned<T>(repeating: -99, count: count + 1)
      T.kernels(variant.level).activate(
        kind, 30, memory.start, count, memory.start, first.start, nil, nil)
      #expect(Array(memory.memory) == found[0][..<count] + [-99], "\(variant), \(count)")
      #expect(Array(first.memory) == found[1][..<count] + [-99], "\(variant), \(count)")
    }
  }

  @Test func notANumberIsLetThrough() {
    for kind in Self.kinds {
      let found = results(kind, 2, [Double.nan, 1], OPTIMKIT_LEVEL_PORTABLE)
      #expect(found[0][0].isNaN && found[0][1].isFinite)
    }
    let ends = results(OPTIMKIT_TANH, 0, [Double.infinity, -.infinity], OPTIMKIT_LEVEL_PORTABLE)
    #expect(ends[0] == [1, -1])
  }
}
