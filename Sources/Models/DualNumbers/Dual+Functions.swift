import Foundation

// Functions of dual numbers under the names that they have for Double.

// MARK: - Exponentials and logarithms

/// eˣ.
@inlinable
@inline(__always)
public func exp(_ x: Dual) -> Dual {
  let value = Foundation.exp(x.value)
  return x.chained(value, slope: value)
}

/// 2ˣ.
@inlinable
@inline(__always)
public func exp2(_ x: Dual) -> Dual {
  let value = Foundation.exp2(x.value)
  return x.chained(value, slope: 0.693_147_180_559_945_309 * value)
}

/// eˣ − 1, to all digits near 0.
@inlinable
@inline(__always)
public func expm1(_ x: Dual) -> Dual {
  let value = Foundation.expm1(x.value)
  return x.chained(value, slope: value + 1)
}

/// The natural logarithm.
@inlinable
@inline(__always)
public func log(_ x: Dual) -> Dual {
  x.chained(Foundation.log(x.value), slope: x.value < 0 ? .nan : 1 / x.value)
}

/// The logarithm to base 2.
@inlinable
@inline(__always)
public func log2(_ x: Dual) -> Dual {
  x.chained(
    Foundation.log2(x.value), slope: x.value < 0 ? .nan : 1.442_695_040_888_963_407 / x.value)
}

/// The logarithm to base 10.
@inlinable
@inline(__always)
public func log10(_ x: Dual) -> Dual {
  x.chained(
    Foundation.log10(x.value), slope: x.value < 0 ? .nan : 0.434_294_481_903_251_828 / x.value)
}

/// The natural logarithm of 1 + x, to all digits near 0.
@inlinable
@inline(__always)
public func log1p(_ x: Dual) -> Dual {
  x.chained(Foundation.log1p(x.value), slope: x.value < -1 ? .nan : 1 / (1 + x.value))
}

// MARK: - Powers and roots

/// √x.
@inlinable
@inline(__always)
public func sqrt(_ x: Dual) -> Dual { x.squareRoot() }

/// The cube root.
@inlinable
@inline(__always)
public func cbrt(_ x: Dual) -> Dual {
  let root = Foundation.cbrt(x.value)
  return x.chained(root, slope: 1 / (3 * root * root))
}

/// √(x² + y²), without overflow; its derivatives at (0, 0) are 0.
@inlinable
public func hypot(_ x: Dual, _ y: Dual) -> Dual {
  let value = Foundation.hypot(x.value, y.value)
  guard value != 0 else { return Dual(0) }
  return Dual.chained(value, x, slope: x.value / value, y, slope: y.value / value)
}

/// xⁿ by repeated multiplication.
@inlinable
public func pow(_ x: Dual, _ n: Int) -> Dual {
  guard n != 0 else { return Dual(1) }
  let before = power(x.value, n.magnitude - 1)
  let value = before * x.value
  guard n < 0 else { return x.chained(value, slope: Double(n) * before) }
  return x.chained(1 / value, slope: Double(n) / (value * x.value))
}

/// xʸ for a constant exponent; 1 for y = 0.
@inlinable
public func pow(_ x: Dual, _ y: Double) -> Dual {
  guard y != 0 else { return Dual(1) }
  let value = Foundation.pow(x.value, y)
  return x.chained(value, slope: slopeOfPower(x.value, y, value))
}

/// xʸ for a constant base; at x = 0 it does not change with y.
@inlinable
public func pow(_ x: Double, _ y: Dual) -> Dual {
  let value = Foundation.pow(x, y.value)
  return y.chained(value, slope: x == 0 ? 0 : value * Foundation.log(x))
}

/// xʸ; at x = 0 it does not change with y, and for negative x it must not.
@inlinable
public func pow(_ x: Dual, _ y: Dual) -> Dual {
  let value = Foundation.pow(x.value, y.value)
  return Dual.chained(
    value, x, slope: slopeOfPower(x.value, y.value, value),
    y, slope: x.value == 0 ? 0 : value * Foundation.log(x.value))
}

/// The derivative of xʸ by x, from its value.
@inlinable
func slopeOfPower(_ x: Double, _ y: Double, _ value: Double) -> Double {
  guard y != 0 else { return 0 }
  // The quotient saves a second power, where it loses nothing.
  return value.isNormal ? y * (value / x) : y * Foundation.pow(x, y - 1)
}

/// xⁿ.
@inlinable
func power(_ x: Double, _ n: UInt) -> Double {
  var (result, square, remaining) = (1.0, x, n)
  while remaining > 0 {
    if remaining & 1 == 1 { result *= square }
    remaining >>= 1
    if remaining > 0 { square *= square }
  }
  return result
}

// MARK: - Angles

/// The sine.
@inlinable
@inline(__always)
public func sin(_ x: Dual) -> Dual {
  x.chained(Foundation.sin(x.value), slope: Foundation.cos(x.value))
}

/// The cosine.
@inlinable
@inline(__always)
public func cos(_ x: Dual) -> Dual {
  x.chained(Foundation.cos(x.value), slope: -Foundation.sin(x.value))
}

/// The tangent.
@inlinable
@inline(__always)
public func tan(_ x: Dual) -> Dual {
  let value = Foundation.tan(x.value)
  return x.chained(value, slope: 1 + value * value)
}

/// The angle from −π/2 to π/2 of sine x.
@inlinable
@inline(__always)
public func asin(_ x: Dual) -> Dual {
  x.chained(
    Foundation.asin(x.value), slope: 1 / ((1 - x.value) * (1 + x.value)).squareRoot())
}

/// The angle from 0 to π of cosine x.
@inlinable
@inline(__always)
public func acos(_ x: Dual) -> Dual {
  x.chained(
    Foundation.acos(x.value), slope: -1 / ((1 - x.value) * (1 + x.value)).squareRoot())
}

/// The angle from −π/2 to π/2 of tangent x.
@inlinable
@inline(__always)
public func atan(_ x: Dual) -> Dual {
  x.chained(Foundation.atan(x.value), slope: 1 / (1 + x.value * x.value))
}

/// The angle of the point (x, y), from −π to π; its derivatives at (0, 0) are 0.
@inlinable
public func atan2(_ y: Dual, _ x: Dual) -> Dual {
  let value = Foundation.atan2(y.value, x.value)
  let distance = Foundation.hypot(x.value, y.value)
  guard distance != 0 else { return Dual(value) }
  // Divided twice, because the square of the distance may overflow or vanish.
  return Dual.chained(
    value, y, slope: x.value / distance / distance, x, slope: -y.value / distance / distance)
}

/// The angle of the point (x, y), from −π to π.
@inlinable
@inline(__always)
public func atan2(_ y: Dual, _ x: Double) -> Dual { atan2(y, Dual(x)) }

/// The angle of the point (x, y), from −π to π.
@inlinable
@inline(__always)
public func atan2(_ y: Double, _ x: Dual) -> Dual { atan2(Dual(y), x) }

// MARK: - Hyperbolic functions

/// The hyperbolic sine.
@inlinable
@inline(__always)
public func sinh(_ x: Dual) -> Dual {
  x.chained(Foundation.sinh(x.value), slope: Foundation.cosh(x.value))
}

/// The hyperbolic cosine.
@inlinable
@inline(__always)
public func cosh(_ x: Dual) -> Dual {
  x.chained(Foundation.cosh(x.value), slope: Foundation.sinh(x.value))
}

/// The hyperbolic tangent.
@inlinable
@inline(__always)
public func tanh(_ x: Dual) -> Dual {
  let value = Foundation.tanh(x.value)
  return x.chained(value, slope: (1 - value) * (1 + value))
}

/// The inverse of the hyperbolic sine.
@inlinable
@inline(__always)
public func asinh(_ x: Dual) -> Dual {
  x.chained(Foundation.asinh(x.value), slope: 1 / Foundation.hypot(1, x.value))
}

/// The inverse of the hyperbolic cosine, of x ≥ 1.
@inlinable
@inline(__always)
public func acosh(_ x: Dual) -> Dual {
  x.chained(
    Foundation.acosh(x.value),
    slope: 1 / ((x.value - 1).squareRoot() * (x.value + 1).squareRoot()))
}

/// The inverse of the hyperbolic tangent, of −1 ≤ x ≤ 1.
@inlinable
@inline(__always)
public func atanh(_ x: Dual) -> Dual {
  x.chained(
    Foundation.atanh(x.value),
    slope: x.value.magnitude > 1 ? .nan : 1 / ((1 - x.value) * (1 + x.value)))
}

// MARK: - Error functions

/// The error function, 2/√π ∫₀ˣ exp(−t²) dt.
@inlinable
@inline(__always)
public func erf(_ x: Dual) -> Dual {
  x.chained(
    Foundation.erf(x.value),
    slope: 1.128_379_167_095_512_574 * Foundation.exp(-x.value * x.value))
}

/// 1 − erf(x), to all digits for large x.
@inlinable
@inline(__always)
public func erfc(_ x: Dual) -> Dual {
  x.chained(
    Foundation.erfc(x.value),
    slope: -1.128_379_167_095_512_574 * Foundation.exp(-x.value * x.value))
}

// MARK: - Choices

/// |x|; its derivative at 0 is 0.
@inlinable
@inline(__always)
public func abs(_ x: Dual) -> Dual {
  x.chained(x.value.magnitude, slope: x.value > 0 ? 1 : x.value < 0 ? -1 : x.value)
}

/// The greater number, x where both are equal; NaN where one is.
@inlinable
@inline(__always)
public func max(_ x: Dual, _ y: Dual) -> Dual {
  x.value >= y.value || x.value.isNaN ? x : y
}

/// The greater number, x where both are equal; NaN where one is.
@inlinable
@inline(__always)
public func max(_ x: Dual, _ y: Double) -> Dual { max(x, Dual(y)) }

/// The greater number, x where both are equal; NaN where one is.
@inlinable
@inline(__always)
public func max(_ x: Double, _ y: Dual) -> Dual { max(Dual(x), y) }

/// The lesser number, x where both are equal; NaN where one is.
@inlinable
@inline(__always)
public func min(_ x: Dual, _ y: Dual) -> Dual {
  x.value <= y.value || x.value.isNaN ? x : y
}

/// The lesser number, x where both are equal; NaN where one is.
@inlinable
@inline(__always)
public func min(_ x: Dual, _ y: Double) -> Dual { min(x, Dual(y)) }

/// The lesser number, x where both are equal; NaN where one is.
@inlinable
@inline(__always)
public func min(_ x: Double, _ y: Dual) -> Dual { min(Dual(x), y) }
