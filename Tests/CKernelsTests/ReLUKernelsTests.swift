import CKernels
import Testing

/// The network kernels of every level against the definitions in CKernels.h, in double precision.
@Suite struct ReLUKernelsTests {
  /// Sizes on either side of the kernels' blocks: 6 samples, 96 samples, a panel, a word, 8 words,
  /// 256 features.
  static let shapes: [NetworkShape] = {
    var shapes: [NetworkShape] = []
    for n in [1, 5, 7, 65] {
      for d in [1, 3, 33, 100] {
        for m in [1, 63, 64, 65, 200] {
          for k in [1, 3] { shapes.append(NetworkShape(n: n, d: d, m: m, k: k)) }
        }
      }
    }
    return shapes + [
      NetworkShape(n: 100, d: 300, m: 600, k: 2), NetworkShape(n: 13, d: 520, m: 130, k: 3),
    ]
  }()

  @Test(arguments: shapes)
  func everyLevelFollowsTheDefinition(shape: NetworkShape) {
    let problem = NetworkProblem(shape)
    for variant in KernelVariant.supported {
      check(problem, variant, variant.scalar)
    }
  }

  private func check<T: KernelScalar>(
    _ problem: NetworkProblem, _ variant: KernelVariant, _: T.Type
  ) {
    let run = NetworkRun<T>(problem, T.kernels(variant.level))
    let comment = Comment(rawValue: "\(variant), \(problem.shape)")

    let forward = run.forward()
    #expect(problem.disagreement(of: forward.bits, epsilon: run.epsilon) == nil, comment)
    #expect(run.error(of: forward.outputs, from: problem.outputs) <= run.epsilon, comment)
    #expect(run.forward(keepsBits: false).outputs == forward.outputs, comment)

    #expect(run.error(of: run.product(), from: problem.product) <= run.epsilon, comment)
    let transposed = run.transposedProduct()
    #expect(run.error(of: transposed, from: problem.transposedProduct) <= run.epsilon, comment)
    #expect(run.error(of: run.gramProduct(), from: problem.gramProduct) <= run.epsilon, comment)
  }

  @Test func unsupportedLevelsFallBackToTheBestSupported() {
    let best = optimkit_supported_level()
    for raw in best.rawValue...OPTIMKIT_LEVEL_AVX512_POPCNT.rawValue {
      #expect(
        optimkit_kernel_table_double(optimkit_level(raw)) == optimkit_kernel_table_double(best))
      #expect(optimkit_kernel_table_float(optimkit_level(raw)) == optimkit_kernel_table_float(best))
    }
  }

  /// A diverging network should look like one: NaN in a weight reaches the outputs.
  @Test(arguments: KernelVariant.supported)
  func notANumberReachesTheOutputs(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      var problem = NetworkProblem(NetworkShape(n: 7, d: 3, m: 65, k: 1))
      problem.weights[64 * 3] = .nan
      let outputs = NetworkRun<T>(problem, T.kernels(variant.level)).forward().outputs
      #expect(outputs.allSatisfy { $0.isNaN })
    }
    check(variant.scalar)
  }
}

struct NetworkShape: CustomStringConvertible, Sendable {
  let n: Int
  let d: Int
  let m: Int
  let k: Int

  var words: Int { (m + 63) / 64 }
  var description: String { "n \(n), d \(d), m \(m), k \(k)" }
}

/// Random data of one shape, and the answers by definition. Products use bits of their own,
/// unrelated to the weights.
struct NetworkProblem {
  let shape: NetworkShape
  let x: [Double]
  let signs: [Double]
  let bits: [UInt64]
  let u: [Double]
  var weights: [Double]

  let outputs: [Double]
  let product: [Double]
  let transposedProduct: [Double]
  let gramProduct: [Double]

  init(_ shape: NetworkShape) {
    self.shape = shape
    let (n, d, m, k) = (shape.n, shape.d, shape.m, shape.k)
    var random = TestRandom(seed: n + 1000 * (d + 1000 * (m + 1000 * k)))
    x = random.values(n * d)
    weights = random.values(m * d)
    u = random.values(n * k)
    let signs = (0..<k * m).map { _ in random.word() & 1 == 0 ? 1.0 : -1 }
    self.signs = signs
    let words = shape.words
    bits = (0..<n * words).map { index in
      let rest = m - index % words * 64
      return random.word() & (rest < 64 ? (1 << UInt64(rest)) - 1 : .max)
    }
    let scale = 1 / Double(m).squareRoot()

    let bits = bits
    func isSet(_ i: Int, _ r: Int) -> Bool { bits[i * words + r / 64] >> UInt64(r % 64) & 1 == 1 }
    func multiply(_ v: [Double], _ x: [Double], keeps: (Int, Int, Double) -> Bool) -> [Double] {
      var result = [Double](repeating: 0, count: n * k)
      for i in 0..<n {
        for r in 0..<m {
          var dot = 0.0
          for c in 0..<d { dot += v[r * d + c] * x[i * d + c] }
          guard keeps(i, r, dot) else { continue }
          for o in 0..<k { result[i * k + o] += scale * signs[o * m + r] * dot }
        }
      }
      return result
    }
    outputs = multiply(weights, x) { _, _, dot in dot > 0 }
    product = multiply(weights, x) { i, r, _ in isSet(i, r) }
    var transposed = [Double](repeating: 0, count: m * d)
    for i in 0..<n {
      for r in 0..<m where isSet(i, r) {
        var coefficient = 0.0
        for o in 0..<k { coefficient += signs[o * m + r] * u[i * k + o] }
        for c in 0..<d { transposed[r * d + c] += scale * coefficient * x[i * d + c] }
      }
    }
    transposedProduct = transposed
    gramProduct = multiply(transposed, x) { i, r, _ in isSet(i, r) }
  }

  /// Where written bits differ from [wᵀx > 0], but for dot products that rounding may take across
  /// zero; bits beyond m are zero.
  func disagreement(of written: [UInt64], epsilon: Double) -> String? {
    let (d, m) = (shape.d, shape.m)
    for i in 0..<shape.n {
      for r in 0..<64 * shape.words {
        let bit = written[i * shape.words + r / 64] >> UInt64(r % 64) & 1 == 1
        guard r < m else {
          if bit { return "bit \(r) of sample \(i) is set beyond m" }
          continue
        }
        var dot = 0.0
        for c in 0..<d { dot += weights[r * d + c] * x[i * d + c] }
        if abs(dot) > epsilon, bit != (dot > 0) { return "bit \(r) of sample \(i) is wrong" }
      }
    }
    return nil
  }
}

/// The kernels of one table on one problem, called on two ranges of words as threads would.
struct NetworkRun<T: KernelScalar> {
  let problem: NetworkProblem
  let kernels: Kernels<T>
  let x: [T]
  let weights: [T]
  let u: [T]
  let signs: [T]

  init(_ problem: NetworkProblem, _ kernels: Kernels<T>) {
    self.problem = problem
    self.kernels = kernels
    x = problem.x.map { T($0) }
    weights = problem.weights.map { T($0) }
    u = problem.u.map { T($0) }
    let shape = problem.shape
    signs = (0..<shape.k).flatMap { output in
      (0..<64 * shape.words).map { $0 < shape.m ? T(problem.signs[output * shape.m + $0]) : 0 }
    }
  }

  /// Relative to the largest value of the answer: rounding of sums of n, m or d terms.
  var epsilon: Double {
    let shape = problem.shape
    return 16 * Double(T.ulpOfOne) * Double(shape.n + shape.m + shape.d).squareRoot()
  }

  func error(of actual: [T], from expected: [Double]) -> Double {
    var largest = 0.0
    var error = 0.0
    for (actual, expected) in zip(actual, expected) {
      let difference = abs(Double(actual) - expected)
      guard difference.isFinite else { return .infinity }
      error = max(error, difference)
      largest = max(largest, abs(expected))
    }
    // A sum may cancel as a whole; its terms are of size 1.
    return error / max(largest, 1)
  }

  /// Calls `body` for two ranges of words with fresh scratch memory, full of NaN.
  private func inTwoRanges(
    _ body: (UnsafePointer<optimkit_relu>, Range<Int>, UnsafeMutableRawPointer?) -> Void
  ) {
    let shape = problem.shape
    x.withUnsafeBufferPointer { x in
      signs.withUnsafeBufferPointer { signs in
        var network = optimkit_relu()
        network.samples = shape.n
        network.features = shape.d
        network.neurons = shape.m
        network.outputs = shape.k
        network.words = shape.words
        network.x = UnsafeRawPointer(x.baseAddress)
        network.signs = UnsafeRawPointer(signs.baseAddress)
        network.scale = 1 / Double(shape.m).squareRoot()
        let middle = (shape.words + 1) / 2
        for words in [middle..<shape.words, 0..<middle] where !words.isEmpty {
          let scratch = Aligned<UInt64>(
            repeating: .max, count: (kernels.scratchSize(&network) + 7) / 8)
          body(&network, words, UnsafeMutableRawPointer(scratch.start))
        }
      }
    }
  }

  /// The sum of the partial results of both ranges; each call has to overwrite its own.
  private func sum(
    _ body: (
      UnsafePointer<optimkit_relu>, Range<Int>, UnsafeMutablePointer<T>?, UnsafeMutableRawPointer?
    ) -> Void
  ) -> [T] {
    var result = [T](repeating: 0, count: problem.shape.n * problem.shape.k)
    inTwoRanges { network, words, scratch in
      let partial = Aligned<T>(repeating: .nan, count: result.count)
      body(network, words, partial.start, scratch)
      for index in result.indices { result[index] += partial.memory[index] }
    }
    return result
  }

  func forward(keepsBits: Bool = true) -> (outputs: [T], bits: [UInt64]) {
    let bits = Aligned<UInt64>(repeating: .max, count: problem.bits.count)
    let outputs = sum { network, words, partial, scratch in
      kernels.forward(
        network, weights, words.lowerBound, words.upperBound, keepsBits ? bits.start : nil, partial,
        scratch)
    }
    return (outputs, Array(bits.memory))
  }

  func product() -> [T] {
    sum { network, words, partial, scratch in
      kernels.product(
        network, weights, problem.bits, words.lowerBound, words.upperBound, partial, scratch)
    }
  }

  func gramProduct() -> [T] {
    sum { network, words, partial, scratch in
      kernels.gramProduct(
        network, u, problem.bits, words.lowerBound, words.upperBound, partial, scratch)
    }
  }

  /// NaN where a range touched rows of other neurons, or left out its own.
  func transposedProduct() -> [T] {
    let (m, d) = (problem.shape.m, problem.shape.d)
    var result = [T](repeating: .nan, count: m * d)
    inTwoRanges { network, words, scratch in
      let untouched: T = 1024
      let target = Aligned<T>(repeating: untouched, count: m * d)
      kernels.transposedProduct(
        network, u, problem.bits, words.lowerBound, words.upperBound, target.start, scratch)
      let own = 64 * words.lowerBound * d..<min(m, 64 * words.upperBound) * d
      for index in result.indices {
        if own.contains(index) {
          result[index] = target.memory[index]
        } else if target.memory[index] != untouched {
          result[index] = .nan
        }
      }
    }
    return result
  }
}
