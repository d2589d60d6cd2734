import Foundation

// Powers and roots of dual numbers, under the names that they have for Double.

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
