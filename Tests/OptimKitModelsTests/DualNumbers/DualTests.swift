import Foundation
import OptimKitModels
import Testing

@Suite("Dual numbers")
struct DualTests {
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let dual: @Sendable (Dual) -> Dual
    let plain: @Sendable (Double) -> Double
    let points: [Double]

    init(
      _ name: String, at points: [Double], _ dual: @escaping @Sendable (Dual) -> Dual,
      _ plain: @escaping @Sendable (Double) -> Double
    ) {
      testDescription = name
      self.dual = dual
      self.plain = plain
      self.points = points
    }
  }

  static let functions: [Function] = [
    Function("exp", at: [-3, 0, 1.7], { exp($0) }, { exp($0) }),
    Function("exp2", at: [-3, 0, 1.7], { exp2($0) }, { exp2($0) }),
    Function("expm1", at: [-3, 0, 1.7], { expm1($0) }, { expm1($0) }),
    Function("log", at: [0.1, 1, 20], { log($0) }, { log($0) }),
    Function("log2", at: [0.1, 1, 20], { log2($0) }, { log2($0) }),
    Function("log10", at: [0.1, 1, 20], { log10($0) }, { log10($0) }),
    Function("log1p", at: [-0.5, 0, 20], { log1p($0) }, { log1p($0) }),
    Function("sqrt", at: [0.1, 1, 20], { sqrt($0) }, { sqrt($0) }),
    Function("squareRoot", at: [0.1, 1, 20], { $0.squareRoot() }, { $0.squareRoot() }),
    Function("cbrt", at: [-8, 0.1, 20], { cbrt($0) }, { cbrt($0) }),
    Function("sin", at: [-2, 0, 1], { sin($0) }, { sin($0) }),
    Function("cos", at: [-2, 0, 1], { cos($0) }, { cos($0) }),
    Function("tan", at: [-2, 0, 1], { tan($0) }, { tan($0) }),
    Function("asin", at: [-0.9, 0, 0.3], { asin($0) }, { asin($0) }),
    Function("acos", at: [-0.9, 0, 0.3], { acos($0) }, { acos($0) }),
    Function("atan", at: [-9, 0, 0.3], { atan($0) }, { atan($0) }),
    Function("sinh", at: [-2, 0, 1], { sinh($0) }, { sinh($0) }),
    Function("cosh", at: [-2, 0, 1], { cosh($0) }, { cosh($0) }),
    Function("tanh", at: [-2, 0, 1], { tanh($0) }, { tanh($0) }),
    Function("asinh", at: [-2, 0, 1], { asinh($0) }, { asinh($0) }),
    Function("acosh", at: [1.1, 3, 20], { acosh($0) }, { acosh($0) }),
    Function("atanh", at: [-0.9, 0, 0.3], { atanh($0) }, { atanh($0) }),
    Function("erf", at: [-2, 0, 1], { erf($0) }, { erf($0) }),
    Function("erfc", at: [-2, 0, 1], { erfc($0) }, { erfc($0) }),
    Function("abs", at: [-2, 1], { abs($0) }, { abs($0) }),
    Function("negative", at: [-2, 1], { -$0 }, { -$0 }),
    Function("integer power", at: [-2, 0.5], { pow($0, 5) }, { $0 * ($0 * $0) * ($0 * $0) }),
    Function("negative power", at: [-2, 0.5], { pow($0, -2) }, { 1 / ($0 * $0) }),
    Function("constant power", at: [0.5, 3], { pow($0, -1.5) }, { pow($0, -1.5) }),
    Function("power of a constant", at: [-1, 3], { pow(0.7, $0) }, { pow(0.7, $0) }),
    Function("power of a dual", at: [0.5, 3], { pow($0, sin($0)) }, { pow($0, sin($0)) }),
    Function("sum", at: [-2, 1], { $0 + sin($0) }, { $0 + sin($0) }),
    Function("difference", at: [-2, 1], { $0 - sin($0) }, { $0 - sin($0) }),
    Function("product", at: [-2, 1], { $0 * sin($0) }, { $0 * sin($0) }),
    Function("quotient", at: [-2, 1], { $0 / exp($0) }, { $0 / exp($0) }),
    Function("constants", at: [-2, 1], { 3 - (2 * $0 + 1) / 7 }, { 3 - (2 * $0 + 1) / 7 }),
    Function("inverse", at: [-2, 1], { 3 / $0 }, { 3 / $0 }),
    Function(
      "constant variables", at: [-2, 1],
      { x in
        let c = 0.3
        return c - (c * (x * c + c) - c) / c + c / (x + 5 * c)
      },
      { x in
        let c = 0.3
        return c - (c * (x * c + c) - c) / c + c / (x + 5 * c)
      }),
    Function("hypot", at: [-2, 1], { hypot($0, exp($0)) }, { hypot($0, exp($0)) }),
    Function("atan2", at: [-2, 1], { atan2($0, cos($0)) }, { atan2($0, cos($0)) }),
    Function("atan2 of a constant", at: [-2, 1], { atan2(2, $0) }, { atan2(2, $0) }),
    Function("atan2 by a constant", at: [-2, 1], { atan2($0, -2) }, { atan2($0, -2) }),
    Function("max", at: [-2, 1.5], { max($0, $0 * $0) }, { max($0, $0 * $0) }),
    Function("min", at: [-2, 1], { min($0, 0.5) }, { min($0, 0.5) }),
    Function(
      "branch", at: [-2, 1], { $0 < 0 ? $0 * $0 : sin($0) }, { $0 < 0 ? $0 * $0 : sin($0) }),
    Function(
      "loop in place", at: [-2, 1],
      { x in
        var sum = Dual(1)
        for k in 1...4 {
          sum += x
          sum *= x
          sum -= 2
          sum /= Double(k)
          sum *= 1.5
          sum /= x + 5
          sum -= x
          sum += 1
        }
        return sum
      },
      { x in
        var sum = 1.0
        for k in 1...4 {
          sum += x
          sum *= x
          sum -= 2
          sum /= Double(k)
          sum *= 1.5
          sum /= x + 5
          sum -= x
          sum += 1
        }
        return sum
      }),
  ]

  @Test(
    "compute the values of Double, and the derivatives of central differences",
    arguments: functions)
  func differences(_ function: Function) {
    let directions = SIMD4(1, -0.5, 0, 1000)
    for x in function.points {
      let result = function.dual(Dual(x, derivatives: directions))
      #expect(result.value == function.plain(x), "at \(x)")
      let step = 6e-6 * max(1, abs(x)) / 4
      let slope = (function.plain(x + step) - function.plain(x - step)) / (2 * step)
      for i in 0..<4 {
        let error = abs(result.derivatives[i] - directions[i] * slope)
        #expect(
          error <= 3e-9 * abs(directions[i]) * (1 + abs(slope)),
          "at \(x): \(result) for the slope \(slope)")
      }
    }
  }

  @Test("carry derivatives by several variables")
  func variables() {
    let (x, y) = (Dual(2, derivative: 0), Dual(3, derivative: 3))
    #expect((x * x * y).derivatives == SIMD4(12, 0, 0, 4))
    #expect((x / y).derivatives == SIMD4(1 / 3.0, 0, 0, -2 / 9.0))
  }

  @Test("compare by value, and are numbers of generic code")
  func comparisons() {
    let (x, y) = (Dual(2, derivative: 0), Dual(2, derivative: 1))
    #expect(x == y && x <= y && x >= y && !(x < y) && !(x > y))
    #expect(x < 2.5 && x > 1.5 && x <= 2.0 && x >= 2.0)
    #expect(x == 2 && x != 2.5)
    #expect(!(Dual(.nan) < 1) && !(Dual(.nan) >= 1))
    #expect([x, y, Dual(3)].reduce(.zero, +).derivatives == SIMD4(1, 1, 0, 0))
    #expect([Dual(3), x].min() == x)
  }

  @Test("are infinite where a derivative is, and zero where nothing depends on the variable")
  func singularities() {
    // By the first direction x changes, by the second it does not.
    func expect(_ result: Dual, _ value: Double, _ slope: Double, _ note: Comment) {
      #expect(result.value == value, note)
      #expect(result.derivatives[0] == slope, note)
      #expect(result.derivatives[1] == 0, note)
    }
    let zero = Dual(0, derivative: 0)
    let one = Dual(1, derivative: 0)
    let negative = Dual(-1, derivative: 0)
    expect(sqrt(zero), 0, .infinity, "sqrt(0)")
    expect(cbrt(zero), 0, .infinity, "cbrt(0)")
    expect(log(zero), -.infinity, .infinity, "log(0)")
    expect(asin(one), .pi / 2, .infinity, "asin(1)")
    expect(acos(one), 0, -.infinity, "acos(1)")
    expect(acosh(one), 0, .infinity, "acosh(1)")
    expect(pow(zero, 0.5), 0, .infinity, "pow(0, 0.5)")
    expect(pow(zero, 1.0), 0, 1, "pow(0, 1)")
    expect(pow(zero, 2.5), 0, 0, "pow(0, 2.5)")
    expect(pow(zero, 0.0), 1, 0, "pow(0, 0)")
    expect(pow(zero, 0), 1, 0, "pow(0, 0) of an integer")
    expect(pow(zero, 1), 0, 1, "pow(0, 1) of an integer")
    expect(pow(zero, -1), .infinity, -.infinity, "pow(0, -1)")
    expect(pow(0.0, one), 0, 0, "pow(0, y)")
    expect(pow(zero, Dual(2)), 0, 0, "pow(0, 2) of dual numbers")
    expect(pow(negative, Dual(3)), -1, 3, "pow(-1, 3) of dual numbers")
    expect(1 / zero, .infinity, -.infinity, "1 / 0")
  }

  @Test("leave arithmetic of Double alone")
  func plainNumbers() {
    // Literals could be dual numbers as well, if Dual took them.
    let (x, k) = (3.0, 2)
    let result = 2 * x * x + (k > 0 ? 1 : 0) - 6 / x + max(2, 3) * abs(-2) + pow(x, 2)
    #expect(result == 32)
  }

  @Test("are NaN outside the domain of a function")
  func domains() {
    let (zero, negative) = (Dual(0, derivative: 0), Dual(-2, derivative: 0))
    let results: [Dual] = [
      sqrt(negative), log(negative), log2(negative), log10(negative), log1p(negative),
      pow(negative, 0.5), acos(negative), asin(negative), acosh(zero), atanh(negative),
    ]
    #expect(results.allSatisfy { $0.value.isNaN })
  }

  @Test("have no NaN among the derivatives at kinks, under roots that vanish and beyond overflow")
  func kinks() {
    let zero = Dual(0, derivative: 0)
    for (result, slope) in [
      (abs(zero), 0), (hypot(zero, zero), 0), (atan2(zero, zero), 0), (sqrt(zero * zero), 0),
      (max(zero, 0), 1), (max(0, zero), 0),
      (min(zero, 0), 1), (min(0, zero), 0),
    ] as [(Dual, Double)] {
      #expect(result.value == 0 && result.derivatives[0] == slope, "\(result)")
    }
    let large = Dual(1000, derivative: 0)
    #expect((1 / (1 + exp(large))).derivatives == .zero)
    #expect(exp(-exp(large)).derivatives == .zero)
    #expect(max(Dual(.nan), 1).value.isNaN && max(1, Dual(.nan)).value.isNaN)
    #expect(min(Dual(.nan), 1).value.isNaN && min(1, Dual(.nan)).value.isNaN)
  }

  @Test("neither overflow nor vanish where the result does not")
  func range() {
    for size in [1e-200, 1e200] {
      let x = Dual(3 * size, derivative: 0)
      let y = Dual(4 * size, derivative: 1)
      #expect(abs(hypot(x, y).derivatives[0] - 0.6) < 1e-15)
      let angle = atan2(x, y)
      #expect(abs(angle.derivatives[0] * size - 0.16) < 1e-15)
      #expect(abs(angle.derivatives[1] * size + 0.12) < 1e-15)
    }
  }
}
