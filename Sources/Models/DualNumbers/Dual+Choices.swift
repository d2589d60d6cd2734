// Magnitudes, maxima and minima of dual numbers, under the names that they have for Double.

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
