import Foundation

// Exponentials, logarithms and error functions of dual numbers, under the names that they have for Double.

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
