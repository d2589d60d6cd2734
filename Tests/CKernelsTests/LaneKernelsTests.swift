import CKernels
import Testing

/// The kernels on blocks of sketch input, at every level, against their definitions. Data are small
/// integers and scales powers of two, so that results are exact.
@Suite struct LaneKernelsTests {
  /// Calls `body` for one, two and three lane groups.
  private func forEachWidth<T: KernelScalar>(_: T.Type, _ body: (Int) -> Void) {
    for groups in 1...3 { body(groups * T.laneGroup) }
  }

  @Test(arguments: KernelVariant.supported)
  func copiesAndTransposesIntoLanes(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      let kernels = T.kernels(variant.level)
      var random = TestRandom(seed: 1)
      forEachWidth(T.self) { lanes in
        for rows in [1, 7, 16, 33] {
          for count in [1, lanes / 2 + 1, lanes - 1, lanes] {
            let stride = max(rows, lanes) + 3
            let source = random.integers(stride * max(rows, lanes)).map { T($0) }
            for transposes in [false, true] {
              let block = Aligned<T>(repeating: .nan, count: rows * lanes)
              let kernel = transposes ? kernels.transposeIntoLanes : kernels.copyIntoLanes
              kernel(source, stride, count, block.start, rows, lanes)
              let expected = (0..<rows * lanes).map { index -> T in
                let (q, i) = index.quotientAndRemainder(dividingBy: lanes)
                return i >= count ? 0 : transposes ? source[i * stride + q] : source[q * stride + i]
              }
              #expect(
                Array(block.memory) == expected,
                "transposes \(transposes), \(rows) rows, \(count) of \(lanes) lanes")
            }
          }
        }
      }
    }
    check(variant.scalar)
  }

  @Test(arguments: KernelVariant.supported)
  func khatriRaoMultipliesEveryPairOfRows(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      var random = TestRandom(seed: 2)
      forEachWidth(T.self) { lanes in
        for (leftRows, rightRows) in [(1, 1), (3, 5), (8, 2)] {
          let left = Aligned(random.integers(leftRows * lanes).map { T($0) })
          let right = Aligned(random.integers(rightRows * lanes).map { T($0) })
          let block = Aligned<T>(repeating: .nan, count: leftRows * rightRows * lanes)
          T.kernels(variant.level).khatriRao(
            left.start, leftRows, right.start, rightRows, block.start, lanes)
          let expected = block.memory.indices.map { index in
            let (row, lane) = index.quotientAndRemainder(dividingBy: lanes)
            let (a, b) = row.quotientAndRemainder(dividingBy: rightRows)
            return left.memory[a * lanes + lane] * right.memory[b * lanes + lane]
          }
          #expect(Array(block.memory) == expected)
        }
      }
    }
    check(variant.scalar)
  }

  @Test(arguments: KernelVariant.supported)
  func flipsTheRowsWhoseBitIsSet(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      var random = TestRandom(seed: 3)
      let signBits = (0..<4).map { _ in random.word() }
      forEachWidth(T.self) { lanes in
        for (firstBit, rows) in [(0, 1), (0, 64), (61, 7), (64, 65), (130, 101)] {
          let values = random.integers(rows * lanes).map { T($0) }
          let block = Aligned(values)
          T.kernels(variant.level).flipSigns(block.start, rows, lanes, signBits, UInt64(firstBit))
          let expected = values.indices.map { index in
            let bit = firstBit + index / lanes
            return signBits[bit / 64] >> UInt64(bit % 64) & 1 == 1 ? -values[index] : values[index]
          }
          #expect(Array(block.memory) == expected, "bit \(firstBit), \(rows) rows")
        }
      }
    }
    check(variant.scalar)
  }

  @Test(arguments: KernelVariant.supported)
  func hadamardMultipliesBySylvesterMatrix(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      var random = TestRandom(seed: 4)
      forEachWidth(T.self) { lanes in
        // From 2⁸ rows on, blocks are larger than the first-level cache's share.
        for log2 in 0...9 {
          let rows = 1 << log2
          let values = random.integers(rows * lanes).map { T($0) }
          let block = Aligned(values)
          T.kernels(variant.level).hadamard(block.start, log2, lanes)
          let wrong = (0..<rows).filter { row in
            // One lane a row is enough: lanes take turns.
            let lane = row % lanes
            var sum = T(0)
            for q in 0..<rows {
              let value = values[q * lanes + lane]
              sum += (row & q).nonzeroBitCount.isMultiple(of: 2) ? value : -value
            }
            return block.memory[row * lanes + lane] != sum
          }
          #expect(wrong == [], "2^\(log2) rows of \(lanes) lanes")
        }
      }
    }
    check(variant.scalar)
  }

  /// Blocks that are transformed and gathered one by one add up to the sampled rows of one
  /// transform over all of them.
  @Test(arguments: KernelVariant.supported)
  func gatheredBlocksMakeALongerTransform(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      let kernels = T.kernels(variant.level)
      var random = TestRandom(seed: 5)
      let (log2Block, log2Total) = (3, 6)
      let sampled: [UInt64] = [0, 63, 5, 17, 17, 40, 9]
      forEachWidth(T.self) { lanes in
        let values = random.integers(lanes << log2Total).map { T($0) }
        let start = random.integers(sampled.count * lanes).map { T($0) }
        let sum = Aligned(start)
        let blockCount = lanes << log2Block
        for number in 0..<1 << (log2Total - log2Block) {
          let block = Aligned(Array(values[number * blockCount..<(number + 1) * blockCount]))
          kernels.hadamard(block.start, log2Block, lanes)
          kernels.hadamardGather(
            sum.start, sampled, sampled.count, lanes, block.start, log2Block, UInt64(number), 0.25)
        }
        let whole = Aligned(values)
        kernels.hadamard(whole.start, log2Total, lanes)
        let expected = start.indices.map { index in
          start[index] + whole.memory[Int(sampled[index / lanes]) * lanes + index % lanes] / 4
        }
        #expect(Array(sum.memory) == expected)
      }
    }
    check(variant.scalar)
  }

  @Test(arguments: KernelVariant.supported)
  func sparseSignAddsRowsToTheirTargets(variant: KernelVariant) {
    func check<T: KernelScalar>(_: T.Type) {
      var random = TestRandom(seed: 6)
      forEachWidth(T.self) { lanes in
        for (rows, nonzeros) in [(1, 1), (5, 3), (17, 8)] {
          let targets = 11
          let values = random.integers(rows * lanes).map { T($0) }
          let start = random.integers(targets * lanes).map { T($0) }
          let entries = (0..<rows * nonzeros).map { _ in
            UInt32(random.word() % UInt64(2 * targets))
          }
          let block = Aligned(values)
          let sum = Aligned(start)
          T.kernels(variant.level).sparseSign(
            sum.start, lanes, block.start, rows, entries, nonzeros, 0.5)
          var expected = start
          for q in 0..<rows {
            for entry in entries[q * nonzeros..<(q + 1) * nonzeros] {
              for lane in 0..<lanes {
                let value = values[q * lanes + lane] / 2
                expected[Int(entry / 2) * lanes + lane] += entry % 2 == 0 ? value : -value
              }
            }
          }
          #expect(Array(sum.memory) == expected)
        }
      }
    }
    check(variant.scalar)
  }
}
