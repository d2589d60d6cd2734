/// A number with its derivatives in four directions: forward-mode automatic differentiation.
///
/// A function that computes with dual numbers computes its exact derivatives along the way:
///
///     let x = Dual(2, derivative: 0)  // d/dx
///     let y = Dual(3, derivative: 1)  // d/dy
///     let f = x * exp(y)              // f.derivatives[0] is e³, f.derivatives[1] is 2e³
///
/// Models of closures (``ResidualModel``, ``SampleModel``) make these variables themselves, four parameters a pass.
///
/// Dual numbers mix with constants of type `Double`, literals among them: `2 * x + 1`. Where a dual number is asked for,
/// a constant is `Dual(1)`: literals are `Double`, so that arithmetic of `Double` stays what it is beside dual numbers.
/// Functions have the names they have for `Double`: `exp`, `log`, `pow`, `sqrt`, `sin`, `atan2`, …, with `max`, `min` and
/// `abs`. Comparisons, and with them branches, look at values alone: where a function branches, the derivative is that of
/// the branch taken.
///
/// At the edge of where a function can be differentiated:
///
/// - A derivative that is infinite is infinite: of `sqrt`, `log` and `cbrt` at 0, of `asin` at ±1. No step can be
///   computed from it, and optimizers say so.
/// - What does not depend on a parameter has the derivative 0 by it, also under a root at 0. So has what overflow has
///   made constant: 1 / (1 + exp(x)) for large x.
/// - At the kinks of `abs(x)`, `hypot(x, y)` and `atan2(y, x)`, at zero, derivatives are 0; `max(x, y)` and `min(x, y)`
///   have those of x where both are equal.
/// - `pow(x, 0)` is 1 everywhere; `pow(0, y)` does not change with y.
/// - Outside the domain of a function the value is NaN, and derivatives mean nothing.
///
/// Source: Griewank and Walther, Evaluating Derivatives, 2008, chapter 3.
public struct Dual: Sendable {
  /// The derivatives.
  public var derivatives: SIMD4<Double>

  /// The number itself.
  public var value: Double

  /// A number with given derivatives; those of a constant by default.
  @inlinable
  @inline(__always)
  public init(_ value: Double, derivatives: SIMD4<Double> = .zero) {
    self.derivatives = derivatives
    self.value = value
  }

  /// A variable: its derivative is 1 in direction `direction`, 0 ..< 4, and 0 in the others.
  @inlinable
  @inline(__always)
  public init(_ value: Double, derivative direction: Int) {
    self.init(value)
    derivatives[direction] = 1
  }

  /// The number of directions, 4.
  @inlinable
  @inline(__always)
  public static var directionCount: Int { SIMD4<Double>.scalarCount }
}

// MARK: - The chain rule

extension Dual {
  /// f(x), from its value and its derivative by x.
  @inlinable
  @inline(__always)
  func chained(_ value: Double, slope: Double) -> Dual {
    Dual(value, derivatives: Self.scaled(derivatives, by: slope))
  }

  /// f(x, y), from its value and its derivatives by x and y.
  @inlinable
  @inline(__always)
  static func chained(
    _ value: Double, _ x: Dual, slope xSlope: Double, _ y: Dual, slope ySlope: Double
  ) -> Dual {
    Dual(
      value,
      derivatives: scaled(x.derivatives, by: xSlope) + scaled(y.derivatives, by: ySlope))
  }

  /// slope · derivatives, where zero times infinity is zero: for nothing changes along a direction in which the argument,
  /// or the function, does not.
  @inlinable
  @inline(__always)
  static func scaled(_ derivatives: SIMD4<Double>, by slope: Double) -> SIMD4<Double> {
    // Without branches, which would cost more than the product.
    let product = slope * derivatives
    return product.replacing(
      with: 0, where: (product .!= product) .& (derivatives .== derivatives))
  }
}

// MARK: - Comparisons

extension Dual: Comparable {
  /// Whether the values are equal, whatever the derivatives.
  @inlinable
  @inline(__always)
  public static func == (x: Dual, y: Dual) -> Bool { x.value == y.value }

  /// Whether the value of x is less than that of y.
  @inlinable
  @inline(__always)
  public static func < (x: Dual, y: Dual) -> Bool { x.value < y.value }

  /// Whether the value of x is at most that of y; false where one is NaN.
  @inlinable
  @inline(__always)
  public static func <= (x: Dual, y: Dual) -> Bool { x.value <= y.value }

  /// Whether the value of x is greater than that of y.
  @inlinable
  @inline(__always)
  public static func > (x: Dual, y: Dual) -> Bool { x.value > y.value }

  /// Whether the value of x is at least that of y; false where one is NaN.
  @inlinable
  @inline(__always)
  public static func >= (x: Dual, y: Dual) -> Bool { x.value >= y.value }

  /// Whether the value of x equals a constant.
  @inlinable
  @inline(__always)
  public static func == (x: Dual, y: Double) -> Bool { x.value == y }

  /// Whether the value of x differs from a constant.
  @inlinable
  @inline(__always)
  public static func != (x: Dual, y: Double) -> Bool { x.value != y }

  /// Whether x is less than a constant.
  @inlinable
  @inline(__always)
  public static func < (x: Dual, y: Double) -> Bool { x.value < y }

  /// Whether x is greater than a constant.
  @inlinable
  @inline(__always)
  public static func > (x: Dual, y: Double) -> Bool { x.value > y }

  /// Whether x is at most a constant.
  @inlinable
  @inline(__always)
  public static func <= (x: Dual, y: Double) -> Bool { x.value <= y }

  /// Whether x is at least a constant.
  @inlinable
  @inline(__always)
  public static func >= (x: Dual, y: Double) -> Bool { x.value >= y }
}

extension Dual: CustomStringConvertible {
  /// Value and derivatives.
  public var description: String {
    "\(value), derivatives \(derivatives.indices.map { derivatives[$0] })"
  }
}
