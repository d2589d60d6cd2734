import OptimKit
import OptimKitTesting
import Testing

/// The vector and matrix routines against plain loops in double precision.
@Suite struct RealScalarTests {
  static let key = RandomKey(seed: 3, purpose: "routines")

  @Test(arguments: scalarTypes, [0, 1, 7, 64])
  func vectorRoutines(type: any RealScalar.Type, count: Int) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let x: [Scalar] = Self.key.normalVector(count)
      let y: [Scalar] = Self.key.with(iteration: 1).normalVector(count)
      let pairs = zip(x, y).map { (Double($0), Double($1)) }
      let epsilon = Scalar.roundingOfSums
      func changed(_ body: (inout MutableSpan<Scalar>) -> Void) -> [Scalar] {
        var result = y
        var span = result.mutableSpan
        body(&span)
        return result
      }

      let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(Double(Scalar.dot(x.span, y.span)) - dot) <= epsilon)
      let square = pairs.reduce(0) { $0 + $1.0 * $1.0 }
      #expect(abs(Double(Scalar.norm(x.span)) - square.squareRoot()) <= epsilon)
      #expect(
        largestDifference(changed { Scalar.scale(&$0, by: -3) }, pairs.map { -3 * $0.1 }) <= epsilon
      )
      #expect(
        largestDifference(
          changed { Scalar.add(0.5, x.span, to: &$0) }, pairs.map { $0.1 + 0.5 * $0.0 }) <= epsilon)
      #expect(
        largestDifference(
          changed { Scalar.combine(2, x.span, plus: -0.25, into: &$0) },
          pairs.map { 2 * $0.0 - 0.25 * $0.1 }) <= epsilon)
      #expect(
        changed { Scalar.add(0.5, x.span, to: y.span, into: &$0) }
          == changed { Scalar.add(0.5, x.span, to: &$0) })
      let sum = pairs.reduce(0) { $0 + abs($1.0) }
      #expect(abs(Double(Scalar.absoluteSum(x.span)) - sum) <= 10 * epsilon)
      #expect(changed { Scalar.copy(x.span, into: &$0) } == x)
      #expect(changed { Scalar.fill(&$0, with: 5) } == x.map { _ in 5 })
      #expect(changed { Scalar.multiply(x.span, into: &$0) } == zip(x, y).map { $0 * $1 })
      #expect(Scalar.zeros(count) == x.map { _ in 0 })
      let fives = changed { Scalar.fill(&$0, with: 5) }
      let (areConstant, areNot) = (
        Scalar.isConstant(fives.span, 5), Scalar.isConstant(x.span, 5)
      )
      #expect(areConstant)
      #expect(areNot == x.isEmpty)
    }
    check(type)
  }

  @Test(arguments: scalarTypes)
  func normDoesNotOverflowInBetween(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let large = Scalar.greatestFiniteMagnitude / 8
      let norm = Scalar.norm([3 * large, 4 * large].span)
      #expect(abs(norm / large - 5) <= 100 * Scalar.unitRoundoff)
    }
    check(type)
  }

  @Test(arguments: scalarTypes)
  func normDoesNotUnderflowInBetween(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let small = Scalar.leastNormalMagnitude * 4
      let norm = Scalar.norm([3 * small, 0, 4 * small].span)
      #expect(abs(norm / small - 5) <= 100 * Scalar.unitRoundoff)
      // The square of one element is a number and that of the other is not.
      let mixed = Scalar.leastNormalMagnitude.squareRoot()
      let mixedNorm = Scalar.norm([mixed, mixed / 1024].span)
      #expect(abs(mixedNorm / mixed - 1) <= 0x1p-20)
      #expect(Scalar.norm([0, 0, 0].span) == 0)
      #expect(Scalar.norm([1, .nan].span).isNaN)
      #expect(Scalar.norm([1, -.infinity].span) == .infinity)
    }
    check(type)
  }

  /// Vectors that are long enough to be shared out, against the same work in pieces.
  @Test(arguments: scalarTypes)
  func longVectorsDoNotDependOnThreads(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let count = 1 << 17 + 4321
      let x: [Scalar] = Self.key.normalVector(count)
      let y: [Scalar] = Self.key.with(iteration: 1).normalVector(count)
      func results(threads: Int) -> [[Scalar]] {
        ThreadPool.withThreadCount(threads) {
          func changed(_ body: (inout MutableSpan<Scalar>) -> Void) -> [Scalar] {
            var result = y
            var span = result.mutableSpan
            body(&span)
            return result
          }
          return [
            [Scalar.dot(x.span, y.span), Scalar.norm(x.span)],
            changed { Scalar.scale(&$0, by: -3) },
            changed { Scalar.add(0.5, x.span, to: &$0) },
            changed { Scalar.combine(2, x.span, plus: -0.25, into: &$0) },
            changed { Scalar.copy(x.span, into: &$0) },
            changed { Scalar.fill(&$0, with: 5) },
            changed { Scalar.add(0.5, x.span, to: y.span, into: &$0) },
          ]
        }
      }
      let one = results(threads: 1)
      #expect(results(threads: 2) == one)
      #expect(results(threads: 3) == one)
      let (dot, square) = zip(x, y).reduce(into: (0.0, 0.0)) { sums, pair in
        sums.0 += Double(pair.0) * Double(pair.1)
        sums.1 += Double(pair.0) * Double(pair.0)
      }
      let rounding = Double(count).squareRoot() * Scalar.roundingOfSums
      #expect(abs(Double(one[0][0]) - dot) <= rounding)
      #expect(abs(Double(one[0][1]) - square.squareRoot()) <= rounding)
      let epsilon = Scalar.roundingOfSums
      #expect(largestDifference(one[1], y.map { -3 * Double($0) }) <= epsilon)
      #expect(largestDifference(one[2], zip(x, y).map { Double($1) + 0.5 * Double($0) }) <= epsilon)
      #expect(
        largestDifference(one[3], zip(x, y).map { 2 * Double($0) - 0.25 * Double($1) }) <= epsilon)
      #expect(one[4] == x)
      #expect(one[5].allSatisfy { $0 == 5 })
      #expect(one[6] == one[2])
    }
    check(type)
  }

  /// Systems that are large enough to be shared out, by their residual.
  @Test(arguments: scalarTypes, [MatrixTriangle.lower, .upper])
  func largeTriangularSolvesDoNotDependOnThreads(
    type: any RealScalar.Type, triangle: MatrixTriangle
  ) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let order = 1100
      var t: Matrix<Scalar> = Self.key.normalMatrix(order, order)
      t.withMutableElements { Scalar.scale(&$0, by: 1 / Scalar(order)) }
      for i in 0..<order {
        t[i, i] = 1 + Scalar(i % 3)
        // What must not be read.
        for j in (triangle == .lower ? i + 1..<order : 0..<i) { t[i, j] = .nan }
      }
      let right: [Scalar] = Self.key.with(iteration: 1).normalVector(order)
      for operand in [MatrixOperand.plain, .transposed] {
        func solution(threads: Int) -> [Scalar] {
          var x = right
          var span = x.mutableSpan
          ThreadPool.withThreadCount(threads) {
            Scalar.solveTriangular(
              t.storage.span, order: order, triangle: triangle, operand, in: &span)
          }
          return x
        }
        let x = solution(threads: 1)
        #expect(solution(threads: 2) == x)
        #expect(solution(threads: 3) == x)
        var product = [Double](repeating: 0, count: order)
        for i in 0..<order {
          for j in (triangle == .lower ? 0..<i + 1 : i..<order) {
            let value = Double(t[i, j])
            if operand == .plain {
              product[i] += value * Double(x[j])
            } else {
              product[j] += value * Double(x[i])
            }
          }
        }
        #expect(largestDifference(right, product) <= Scalar.roundingOfSums)
      }
    }
    check(type)
  }

  @Test(arguments: scalarTypes)
  func firstNonFiniteIndexIsFound(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      #expect(Scalar.firstNonFiniteIndex(in: [1, -.infinity, .nan].span) == 1)
      #expect(Scalar.firstNonFiniteIndex(in: [1, 2, .nan].span) == 2)
      #expect(Scalar.firstNonFiniteIndex(in: [Scalar.greatestFiniteMagnitude, 0].span) == nil)
    }
    check(type)
  }

  @Test(arguments: scalarTypes, [(1, 1), (3, 5), (8, 2)])
  func matrixTimesVector(type: any RealScalar.Type, shape: (Int, Int)) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let a: Matrix<Scalar> = Self.key.normalMatrix(shape.0, shape.1)
      for operand in [MatrixOperand.plain, .transposed] {
        let op = a.inDouble.operated(operand)
        let x: [Scalar] = Self.key.with(iteration: 1).normalVector(op.columnCount)
        let start: [Scalar] = Self.key.with(iteration: 2).normalVector(op.rowCount)
        var y = start
        var span = y.mutableSpan
        Scalar.multiply(
          a.storage.span, rows: shape.0, columns: shape.1, operand, by: x.span, scaledBy: 2,
          plus: -1, into: &span)
        let expected = zip(op * x.map { Double($0) }, start).map { 2 * $0 - Double($1) }
        #expect(largestDifference(y, expected) <= Scalar.roundingOfSums)
      }
    }
    check(type)
  }

  @Test(arguments: scalarTypes, [MatrixTriangle.lower, .upper])
  func symmetricMatrixTimesVectorReadsOneTriangle(
    type: any RealScalar.Type, triangle: MatrixTriangle
  ) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let order = 6
      let a: Matrix<Scalar> = Self.key.normalMatrix(order, order)
      var symmetric = a.inDouble
      for i in 0..<order {
        for j in 0..<i {
          if triangle == .lower { symmetric[j, i] = symmetric[i, j] }
          if triangle == .upper { symmetric[i, j] = symmetric[j, i] }
        }
      }
      let x: [Scalar] = Self.key.with(iteration: 1).normalVector(order)
      let y = filled(order) {
        Scalar.multiplySymmetric(
          a.storage.span, order: order, triangle: triangle, by: x.span, into: &$0)
      }
      #expect(
        largestDifference(y, symmetric * x.map { Double($0) }) <= Scalar.roundingOfSums)
    }
    check(type)
  }

  @Test(arguments: scalarTypes, [(1, 1, 1), (3, 4, 5), (5, 1, 2)])
  func matrixTimesMatrix(type: any RealScalar.Type, shape: (Int, Int, Int)) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let (rows, inner, columns) = shape
      for operandA in [MatrixOperand.plain, .transposed] {
        for operandB in [MatrixOperand.plain, .transposed] {
          let a: Matrix<Scalar> =
            operandA == .plain
            ? Self.key.normalMatrix(rows, inner) : Self.key.normalMatrix(inner, rows)
          let b: Matrix<Scalar> =
            operandB == .plain
            ? Self.key.normalMatrix(inner, columns) : Self.key.normalMatrix(columns, inner)
          let start: Matrix<Scalar> = Self.key.with(iteration: 2).normalMatrix(rows, columns)
          var c = start
          c.withMutableElements {
            Scalar.multiply(
              a.storage.span, operandA, b.storage.span, operandB, rows: rows, inner: inner,
              columns: columns, scaledBy: -2, plus: 0.5, into: &$0)
          }
          let product = a.inDouble.operated(operandA) * b.inDouble.operated(operandB)
          let expected = zip(product.storage, start.storage).map { -2 * $0 + 0.5 * Double($1) }
          #expect(largestDifference(c.storage, expected) <= Scalar.roundingOfSums)
        }
      }
    }
    check(type)
  }

  @Test(arguments: scalarTypes, [MatrixOperand.plain, .transposed])
  func gramFillsTheLowerTriangleOnly(type: any RealScalar.Type, operand: MatrixOperand) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let (order, inner) = (4, 7)
      let a: Matrix<Scalar> =
        operand == .plain
        ? Self.key.normalMatrix(order, inner) : Self.key.normalMatrix(inner, order)
      let start: Matrix<Scalar> = Self.key.with(iteration: 2).normalMatrix(order, order)
      var c = start
      c.withMutableElements {
        Scalar.addGram(
          of: a.storage.span, operand, order: order, inner: inner, scaledBy: 3, plus: -1, into: &$0)
      }
      let op = a.inDouble.operated(operand)
      let gram = op * op.plainlyTransposed
      var expected = start.inDouble
      for i in 0..<order {
        for j in 0...i { expected[i, j] = 3 * gram[i, j] - expected[i, j] }
      }
      #expect(largestDifference(c, expected) <= Scalar.roundingOfSums)
    }
    check(type)
  }

  /// Long columns are summed in pieces, each into memory of its own.
  @Test(arguments: scalarTypes)
  func gramMatricesOfLongColumnsLeaveTheUpperTriangleAlone(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let (order, inner) = (60, 2000)
      let ones = [Scalar](repeating: 1, count: order * inner)
      var c = try Matrix<Scalar>(
        rowCount: order, columnCount: order, storage: [Scalar](repeating: 7, count: order * order))
      c.withMutableElements {
        Scalar.addGram(of: ones.span, order: order, inner: inner, plus: 1, into: &$0)
      }
      for i in 0..<order {
        for j in 0..<order { #expect(c[i, j] == (j <= i ? Scalar(7 + inner) : 7)) }
      }
    }
    try check(type)
  }

  @Test(arguments: scalarTypes, [MatrixTriangle.lower, .upper])
  func triangularSolvesInvertTheTriangle(type: any RealScalar.Type, triangle: MatrixTriangle) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let (order, rows) = (5, 3)
      // Rows after the leading square are ignored; so is the other triangle.
      var t: Matrix<Scalar> = Self.key.normalMatrix(order + 2, order)
      for i in 0..<order { t[i, i] = 4 + Scalar(i) }
      let square = t.selectingRows(Array(0..<order)).inDouble.keeping(triangle)
      for operand in [MatrixOperand.plain, .transposed] {
        let op = square.operated(operand)
        let right: [Scalar] = Self.key.with(iteration: 1).normalVector(order)
        var x = right
        var span = x.mutableSpan
        Scalar.solveTriangular(
          t.storage.span, order: order, triangle: triangle, operand, in: &span)
        #expect(largestDifference(right, op * x.map { Double($0) }) <= Scalar.roundingOfSums)

        let start: Matrix<Scalar> = Self.key.with(iteration: 2).normalMatrix(rows, order)
        var b = start
        b.withMutableElements {
          Scalar.solveTriangularFromRight(
            t.storage.span, order: order, triangle: triangle, operand, in: &$0, rows: rows)
        }
        #expect(largestDifference(start, b.inDouble * op) <= Scalar.roundingOfSums)
      }
    }
    check(type)
  }

  @Test func typesHaveTheirNamesAndRoundoff() {
    #expect(Float.typeName == "float32")
    #expect(Double.typeName == "float64")
    #expect(Float.unitRoundoff == 0x1p-24)
    #expect(Double.unitRoundoff == 0x1p-53)
  }

  @Test func emptySumsLeaveOnlyWhatIsAddedTo() {
    var y = [Double.nan, 2]
    let none: [Double] = []
    var span = y.mutableSpan
    Double.multiply(none.span, rows: 2, columns: 0, by: none.span, into: &span)
    #expect(y == [0, 0])
    y = [1, 2]
    var again = y.mutableSpan
    Double.multiply(
      none.span, .plain, none.span, rows: 1, inner: 0, columns: 2, plus: 3, into: &again)
    #expect(y == [3, 6])
  }
}
