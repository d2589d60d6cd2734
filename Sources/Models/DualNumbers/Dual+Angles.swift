import Foundation

// Trigonometric and hyperbolic functions of dual numbers, under the names that they have for Double.

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
