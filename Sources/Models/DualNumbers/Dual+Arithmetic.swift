extension Dual: AdditiveArithmetic {
  /// The constant 0.
  @inlinable
  @inline(__always)
  public static var zero: Dual { Dual(0) }

  /// √x.
  @inlinable
  @inline(__always)
  public func squareRoot() -> Dual {
    let root = value.squareRoot()
    return chained(root, slope: 0.5 / root)
  }

  // MARK: Of two dual numbers

  /// x + y.
  @inlinable
  @inline(__always)
  public static func + (x: Dual, y: Dual) -> Dual {
    Dual(x.value + y.value, derivatives: x.derivatives + y.derivatives)
  }

  /// x − y.
  @inlinable
  @inline(__always)
  public static func - (x: Dual, y: Dual) -> Dual {
    Dual(x.value - y.value, derivatives: x.derivatives - y.derivatives)
  }

  /// −x.
  @inlinable
  @inline(__always)
  public static prefix func - (x: Dual) -> Dual { Dual(-x.value, derivatives: -x.derivatives) }

  /// x y.
  @inlinable
  @inline(__always)
  public static func * (x: Dual, y: Dual) -> Dual {
    Dual(x.value * y.value, derivatives: y.value * x.derivatives + x.value * y.derivatives)
  }

  /// x / y.
  @inlinable
  @inline(__always)
  public static func / (x: Dual, y: Dual) -> Dual {
    let quotient = x.value / y.value
    let inverse = 1 / y.value
    return chained(quotient, x, slope: inverse, y, slope: -quotient * inverse)
  }

  // MARK: With a constant

  /// x + y.
  @inlinable
  @inline(__always)
  public static func + (x: Dual, y: Double) -> Dual {
    Dual(x.value + y, derivatives: x.derivatives)
  }

  /// x + y.
  @inlinable
  @inline(__always)
  public static func + (x: Double, y: Dual) -> Dual {
    Dual(x + y.value, derivatives: y.derivatives)
  }

  /// x − y.
  @inlinable
  @inline(__always)
  public static func - (x: Dual, y: Double) -> Dual {
    Dual(x.value - y, derivatives: x.derivatives)
  }

  /// x − y.
  @inlinable
  @inline(__always)
  public static func - (x: Double, y: Dual) -> Dual {
    Dual(x - y.value, derivatives: -y.derivatives)
  }

  /// x y.
  @inlinable
  @inline(__always)
  public static func * (x: Dual, y: Double) -> Dual {
    Dual(x.value * y, derivatives: y * x.derivatives)
  }

  /// x y.
  @inlinable
  @inline(__always)
  public static func * (x: Double, y: Dual) -> Dual {
    Dual(x * y.value, derivatives: x * y.derivatives)
  }

  /// x / y.
  @inlinable
  @inline(__always)
  public static func / (x: Dual, y: Double) -> Dual { x.chained(x.value / y, slope: 1 / y) }

  /// x / y.
  @inlinable
  @inline(__always)
  public static func / (x: Double, y: Dual) -> Dual {
    let quotient = x / y.value
    return y.chained(quotient, slope: -quotient / y.value)
  }

  // MARK: In place

  /// Adds y.
  @inlinable
  @inline(__always)
  public static func += (x: inout Dual, y: Dual) { x = x + y }

  /// Adds a constant.
  @inlinable
  @inline(__always)
  public static func += (x: inout Dual, y: Double) { x.value += y }

  /// Subtracts y.
  @inlinable
  @inline(__always)
  public static func -= (x: inout Dual, y: Dual) { x = x - y }

  /// Subtracts a constant.
  @inlinable
  @inline(__always)
  public static func -= (x: inout Dual, y: Double) { x.value -= y }

  /// Multiplies by y.
  @inlinable
  @inline(__always)
  public static func *= (x: inout Dual, y: Dual) { x = x * y }

  /// Multiplies by a constant.
  @inlinable
  @inline(__always)
  public static func *= (x: inout Dual, y: Double) { x = x * y }

  /// Divides by y.
  @inlinable
  @inline(__always)
  public static func /= (x: inout Dual, y: Dual) { x = x / y }

  /// Divides by a constant.
  @inlinable
  @inline(__always)
  public static func /= (x: inout Dual, y: Double) { x = x / y }
}
