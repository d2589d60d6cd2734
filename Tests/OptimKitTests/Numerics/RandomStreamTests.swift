import Foundation
import OptimKit
import Testing

@Suite struct RandomStreamTests {
  private let key = RandomKey(seed: 20_060_611, purpose: "RandomStreamTests")

  // MARK: State

  @Test func wordsAreTheHalvesOfTheBlocks() {
    var stream = key.stream(from: 5)
    for position: UInt64 in 5..<8 {
      let block = key.block(at: position)
      #expect(stream.position == position)
      #expect(stream.next() == UInt64(block[0]) | UInt64(block[1]) << 32)
      #expect(stream.position == position)
      #expect(stream.next() == UInt64(block[2]) | UInt64(block[3]) << 32)
    }
  }

  @Test(arguments: 0..<4)
  func restoredStreamGoesOn(drawn: Int) throws {
    var stream = key.with(iteration: 3).stream(from: .max)
    for _ in 0..<drawn { _ = stream.next() }
    let data = try JSONEncoder().encode(stream)
    var restored = try JSONDecoder().decode(RandomStream.self, from: data)
    #expect(restored == stream)
    for _ in 0..<5 {
      #expect(restored.next() == stream.next())
      #expect(restored.normal(as: Double.self) == stream.normal(as: Double.self))
      #expect(restored == stream)
    }
  }

  // MARK: Distributions

  @Test func uniformFillsHaveTheirDistribution() {
    let sample = filled(100_000) { key.fillUniform(&$0) }
    #expect(sample.allSatisfy { (0..<1).contains($0) })
    #expect(kolmogorovSmirnov(sample) { $0 } < 1.95)
    expectMoments(of: sample, mean: 0.5, variance: 1 / 12.0, fourthMoment: 1 / 80.0)
    expectUncorrelatedNeighbours(sample, mean: 0.5, variance: 1 / 12.0)
  }

  @Test func uniformFillsCoverTheirRange() {
    let sample = filled(100_000) { key.fillUniform(&$0, in: -3..<5) }
    #expect(sample.allSatisfy { (-3..<5).contains($0) })
    #expect(kolmogorovSmirnov(sample) { ($0 + 3) / 8 } < 1.95)
    // So narrow that rounding alone would reach the upper bound.
    let narrow = filled(1000) { key.fillUniform(&$0, in: 1..<1.0.nextUp) }
    #expect(narrow.allSatisfy { $0 == 1 })
    let empty = filled(10) { key.fillUniform(&$0, in: 2..<2) }
    #expect(empty.allSatisfy { $0 == 2 })
  }

  @Test func singlePrecisionUniformValuesStayBelowOne() {
    let sample = filled(2_000_000, as: Float.self) { key.fillUniform(&$0) }
    #expect(sample.allSatisfy { (0..<1).contains($0) })
    let double = filled(2_000_000) { key.fillUniform(&$0) }
    #expect(zip(sample, double).allSatisfy { $1 - Double($0) >= 0 && $1 - Double($0) < 0x1p-24 })
    // A value this near to 1 would be rounded to 1, had it not 24 bits to begin with.
    #expect(sample.contains { $0 > 1 - 0x1p-18 })
  }

  @Test func normalFillsHaveTheirDistribution() {
    let sample = filled(100_000) { key.fillNormal(&$0) }
    #expect(kolmogorovSmirnov(sample) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 1.95)
    expectMoments(of: sample, mean: 0, variance: 1, fourthMoment: 3)
    expectUncorrelatedNeighbours(sample, mean: 0, variance: 1)
    // The squares of a pair must not be correlated either.
    expectUncorrelatedNeighbours(sample.map { $0 * $0 }, mean: 1, variance: 2)
    let tailCount = sample.count { abs($0) > 3 }
    #expect((200..<340).contains(tailCount), "expected about 270 beyond three deviations")
  }

  /// Expected beyond 2, 3, 4 and 5 deviations of 2 million: 91 000, 5 400, 127 and 1.1.
  @Test func normalTailsAreFilled() {
    let sample = filled(2_000_000) { key.with(iteration: 1).fillNormal(&$0) }
    for deviations in [2.0, 3, 4, 5] {
      let expected = Double(sample.count) * erfc(deviations / 2.0.squareRoot())
      let upper = Double(sample.count { $0 > deviations })
      let lower = Double(sample.count { $0 < -deviations })
      // Five standard errors of a Poisson count, and one for small ones.
      #expect(abs(upper + lower - expected) < 5 * expected.squareRoot() + 1)
      #expect(abs(upper - lower) < 5 * expected.squareRoot() + 1)
    }
    #expect(sample.allSatisfy { abs($0) < 8.6 })
  }

  /// Both numbers of a pair, and those of neighbouring blocks, fall into the sixteen pairs of quarters alike.
  @Test func normalNeighboursAreIndependent() {
    let sample = filled(200_000) { key.with(iteration: 2).fillNormal(&$0) }
    let quartile = 0.674489750196082
    let quarters = sample.map { $0 < -quartile ? 0 : $0 < 0 ? 1 : $0 < quartile ? 2 : 3 }
    for lag in [1, 2, 3, 8, 16, 32] {
      for parity in 0...1 {
        var counts = [Int](repeating: 0, count: 16)
        for index in stride(from: parity, to: quarters.count - lag, by: 2) {
          counts[4 * quarters[index] + quarters[index + lag]] += 1
        }
        #expect(chiSquare(counts) < 15 + 5 * 30.0.squareRoot(), "lag \(lag), parity \(parity)")
      }
    }
  }

  /// Spans long enough to be shared out are filled like short ones.
  @Test(arguments: [1, 2, 3])
  func longFillsDoNotDependOnThreads(threads: Int) {
    let count = 1 << 17 + 12_345
    let whole = ThreadPool.withThreadCount(threads) {
      filled(count, as: Float.self) { key.fillNormal(&$0, from: 3) }
    }
    let pieces = stride(from: 0, to: count, by: 10_007).flatMap { start in
      filled(min(10_007, count - start), as: Float.self) { key.fillNormal(&$0, from: 3 + start) }
    }
    #expect(whole == pieces)
  }

  @Test func singlePrecisionNormalValuesAreTheRoundedDoubles() {
    let single = filled(1001, as: Float.self) { key.fillNormal(&$0) }
    let double = filled(1001) { key.fillNormal(&$0) }
    #expect(single == double.map { Float($0) })
  }

  @Test func signFillsAreBalanced() {
    let sample = filled(100_000) { key.fillRademacher(&$0) }
    #expect(sample.allSatisfy { abs($0) == 1 })
    expectMoments(of: sample, mean: 0, variance: 1, fourthMoment: 1)
    expectUncorrelatedNeighbours(sample, mean: 0, variance: 1)
    let single = filled(1000, as: Float.self) { key.fillRademacher(&$0) }
    #expect(single.map { Double($0) } == Array(sample[..<1000]))
    // Each of the 128 bits of a block is used, and used once.
    for lag in [32, 64, 96, 128] {
      let agreeing = zip(sample, sample.dropFirst(lag)).count { $0 == $1 }
      #expect(abs(agreeing - (sample.count - lag) / 2) < 800)
    }
  }

  @Test func sequentialDrawsMatchTheFills() {
    let count = 1000
    var stream = key.stream()
    let uniform = (0..<count).map { _ in stream.uniform(as: Double.self) }
    #expect(uniform == filled(count) { key.fillUniform(&$0) })
    stream = key.stream()
    let single = (0..<count).map { _ in stream.uniform(as: Float.self) }
    #expect(single == filled(count, as: Float.self) { key.fillUniform(&$0) })
    stream = key.stream()
    let normal = (0..<count).map { _ in stream.normal(as: Double.self) }
    let everySecond = stride(from: 0, to: 2 * count, by: 2)
    let fill = filled(2 * count) { key.fillNormal(&$0) }
    #expect(normal == everySecond.map { fill[$0] })
    stream = key.stream()
    let signs = (0..<10_000).map { _ in stream.rademacher(as: Double.self) }
    expectMoments(of: signs, mean: 0, variance: 1, fourthMoment: 1)
  }

  // MARK: Random access

  @Test(arguments: [1, 2, 3, 63, 64, 65, 127, 130])
  func elementsDoNotDependOnTheChunk(chunk: Int) {
    expectChunked(by: chunk) { $0.fillNormal(&$1, from: $2) }
    expectChunked(by: chunk) { $0.fillUniform(&$1, from: $2) }
    expectChunked(by: chunk) { $0.fillRademacher(&$1, from: $2) }
  }

  #if arch(arm64) || os(Linux)
  /// Half precision takes the path that is not specialised.
  @Test func fillsAcceptOtherScalars() {
    let normal = filled(1000, as: Float16.self) { key.fillNormal(&$0) }
    #expect(normal == filled(1000) { key.fillNormal(&$0) }.map { Float16($0) })
    let signs = filled(1000, as: Float16.self) { key.fillRademacher(&$0) }
    #expect(signs == filled(1000) { key.fillRademacher(&$0) }.map { Float16($0) })
    let uniform = filled(10_000, as: Float16.self) { key.fillUniform(&$0) }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
  }
  #endif

  @Test func emptySpansStayEmpty() {
    #expect(filled(0) { key.fillNormal(&$0, from: 1) }.isEmpty)
    #expect(filled(0) { key.fillUniform(&$0, from: 1) }.isEmpty)
    #expect(filled(0) { key.fillRademacher(&$0, from: 1) }.isEmpty)
  }

  // MARK: Integers, samples and orders

  @Test func integersAreUniform() {
    var stream = key.stream()
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.uniformInteger(below: 7)] += 1 }
    #expect(chiSquare(counts) < 6 + 5 * 12.0.squareRoot())
    #expect(stream.uniformInteger(below: 1) == 0)
  }

  /// Of a bound of 3 · 2⁶¹, a plain multiplication would give every third value twice as often.
  @Test func integersBelowALargeBoundAreUnbiased() {
    var stream = key.stream()
    var counts = [Int](repeating: 0, count: 3)
    for _ in 0..<30_000 { counts[stream.uniformInteger(below: 3 << 61) % 3] += 1 }
    #expect(chiSquare(counts) < 2 + 5 * 4.0.squareRoot())
  }

  @Test func everySubsetIsEquallyLikely() {
    var stream = key.stream()
    var counts: [[Int]: Int] = [:]
    for _ in 0..<60_000 {
      counts[stream.sampleWithoutReplacement(count: 3, from: 10), default: 0] += 1
    }
    #expect(counts.count == 120)
    #expect(counts.keys.allSatisfy { $0[0] < $0[1] && $0[1] < $0[2] })
    #expect(chiSquare(Array(counts.values)) < 119 + 5 * 238.0.squareRoot())
  }

  /// Samples of this size take the path with a set.
  @Test func everyElementOfALargeSampleIsEquallyLikely() {
    var stream = key.stream()
    let (count, population, repetitions) = (50, 80, 5000)
    var counts = [Int](repeating: 0, count: population)
    for _ in 0..<repetitions {
      let sample = stream.sampleWithoutReplacement(count: count, from: population)
      #expect(sample.count == count)
      #expect(zip(sample, sample.dropFirst()).allSatisfy { $0 < $1 })
      for index in sample { counts[index] += 1 }
    }
    // Inclusion varies less than independent draws would, by the share left out.
    let statistic = chiSquare(counts) / (1 - Double(count) / Double(population))
    #expect(statistic < 79 + 5 * 158.0.squareRoot())
    #expect(statistic > 79 - 5 * 158.0.squareRoot())
  }

  @Test func samplesCoverTheirExtremes() {
    var stream = key.stream()
    #expect(stream.sampleWithoutReplacement(count: 0, from: 0).isEmpty)
    #expect(stream.sampleWithoutReplacement(count: 5, from: 5) == Array(0..<5))
    #expect(stream.sampleWithoutReplacement(count: 500, from: 500) == Array(0..<500))
    let sample = stream.sampleWithoutReplacement(count: 4, from: .max - 1)
    #expect(Set(sample).count == 4)
  }

  @Test func everyOrderIsEquallyLikely() {
    var stream = key.stream()
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 {
      var order = [0, 1, 2, 3]
      stream.shuffle(&order)
      counts[order, default: 0] += 1
    }
    #expect(counts.count == 24)
    #expect(chiSquare(Array(counts.values)) < 23 + 5 * 46.0.squareRoot())
    var empty: [Int] = []
    stream.shuffle(&empty)
    #expect(empty.isEmpty)
  }

  // MARK: Helpers

  private func filled(_ count: Int, with fill: (inout MutableSpan<Double>) -> Void) -> [Double] {
    filled(count, as: Double.self, with: fill)
  }

  private func filled<Scalar: BinaryFloatingPoint>(
    _ count: Int, as type: Scalar.Type, with fill: (inout MutableSpan<Scalar>) -> Void
  ) -> [Scalar] {
    var values = [Scalar](repeating: .nan, count: count)
    var span = values.mutableSpan
    fill(&span)
    return values
  }

  private func expectChunked(
    by chunk: Int, _ fill: (RandomKey, inout MutableSpan<Double>, Int) -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let count = 600
    let whole = filled(count) { fill(key, &$0, 0) }
    let pieces = stride(from: 0, to: count, by: chunk).flatMap { offset in
      filled(min(chunk, count - offset)) { fill(key, &$0, offset) }
    }
    #expect(pieces == whole, sourceLocation: sourceLocation)
  }

  /// Checks mean and variance to within five standard errors.
  private func expectMoments(
    of sample: [Double], mean: Double, variance: Double, fourthMoment: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let count = Double(sample.count)
    let sampleMean = sample.reduce(0, +) / count
    let sampleVariance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let meanError = (variance / count).squareRoot()
    let varianceError = ((fourthMoment - variance * variance) / count).squareRoot()
    #expect(abs(sampleMean - mean) <= 5 * meanError, sourceLocation: sourceLocation)
    #expect(
      abs(sampleVariance - variance) <= 5 * varianceError + 1e-15, sourceLocation: sourceLocation)
  }

  private func expectUncorrelatedNeighbours(
    _ sample: [Double], mean: Double, variance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for lag in 1...3 {
      let products = zip(sample, sample.dropFirst(lag)).map { ($0 - mean) * ($1 - mean) }
      let correlation = products.reduce(0, +) / Double(products.count) / variance
      #expect(
        abs(correlation) < 5 / Double(products.count).squareRoot(), sourceLocation: sourceLocation)
    }
  }

  /// Returns √n times the largest distance of the sample's distribution function from the given one;
  /// above 1.95 once in a thousand samples.
  private func kolmogorovSmirnov(
    _ sample: [Double], distribution: (Double) -> Double
  ) -> Double {
    let count = Double(sample.count)
    let distance = sample.sorted().enumerated().map { rank, value in
      let expected = distribution(value)
      return max(abs(expected - Double(rank) / count), abs(Double(rank + 1) / count - expected))
    }.max()
    return (distance ?? .infinity) * count.squareRoot()
  }

  private func chiSquare(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }
}
