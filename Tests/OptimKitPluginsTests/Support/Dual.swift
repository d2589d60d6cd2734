import Foundation

/// A number with its derivatives by all parameters; none where it is a constant.
struct Dual: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, Sendable {
  var value: Double
  var derivatives: [Double] = []

  init(_ value: Double, _ derivatives: [Double] = []) {
    self.value = value
    self.derivatives = derivatives
  }

  init(floatLiteral value: Double) { self.value = value }
  init(integerLiteral value: Int) { self.value = Double(value) }

  /// f(a, b) of partial derivatives `da` and `db`.
  private static func chain(_ value: Double, _ a: Dual, _ da: Double, _ b: Dual, _ db: Double)
    -> Dual
  {
    let count = max(a.derivatives.count, b.derivatives.count)
    return Dual(
      value,
      (0..<count).map {
        (a.derivatives.isEmpty ? 0 : da * a.derivatives[$0])
          + (b.derivatives.isEmpty ? 0 : db * b.derivatives[$0])
      })
  }

  private func chain(_ value: Double, _ slope: Double) -> Dual {
    Dual(value, derivatives.map { slope * $0 })
  }

  static func + (a: Dual, b: Dual) -> Dual { chain(a.value + b.value, a, 1, b, 1) }
  static func - (a: Dual, b: Dual) -> Dual { chain(a.value - b.value, a, 1, b, -1) }
  static func * (a: Dual, b: Dual) -> Dual { chain(a.value * b.value, a, b.value, b, a.value) }
  static func / (a: Dual, b: Dual) -> Dual {
    let quotient = a.value / b.value
    return chain(quotient, a, 1 / b.value, b, -quotient / b.value)
  }
  static prefix func - (a: Dual) -> Dual { a.chain(-a.value, -1) }

  static func + (a: Dual, b: Double) -> Dual { a + Dual(b) }
  static func - (a: Dual, b: Double) -> Dual { a - Dual(b) }
  static func * (a: Double, b: Dual) -> Dual { Dual(a) * b }
  static func - (a: Double, b: Dual) -> Dual { Dual(a) - b }

  var square: Dual { self * self }
  var exp: Dual { let e = Foundation.exp(value); return chain(e, e) }
  var squareRoot: Dual { let r = value.squareRoot(); return chain(r, 0.5 / r) }
  var sin: Dual { chain(Foundation.sin(value), Foundation.cos(value)) }
  var cos: Dual { chain(Foundation.cos(value), -Foundation.sin(value)) }
  func power(_ b: Dual) -> Dual {
    let p = Foundation.pow(value, b.value)
    return Self.chain(p, self, b.value * p / value, b, p * Foundation.log(value))
  }
  static func atan2(_ y: Dual, _ x: Dual) -> Dual {
    let square = x.value * x.value + y.value * y.value
    return chain(
      Foundation.atan2(y.value, x.value), y, x.value / square, x, -y.value / square)
  }
}
