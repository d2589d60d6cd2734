import COpenBLAS

extension RealScalar {
  /// A vector of `count` zeros.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func zeros(_ count: Int) -> [Self] { [Self](repeating: 0, count: count) }

  /// The inner product xᵀy.
  ///
  /// - Complexity: O(n).
  public static func dot(_ x: Span<Self>, _ y: Span<Self>) -> Self {
    precondition(x.count == y.count)
    return x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        routines.dot(blasint(x.count), x.baseAddress, 1, y.baseAddress, 1)
      }
    }
  }

  /// The Euclidean norm ‖x‖, without overflow in between.
  ///
  /// - Complexity: O(n).
  public static func norm(_ x: Span<Self>) -> Self {
    x.withUnsafeBufferPointer { routines.norm(blasint($0.count), $0.baseAddress, 1) }
  }

  /// x ← αx.
  ///
  /// - Complexity: O(n).
  public static func scale(_ x: inout MutableSpan<Self>, by alpha: Self) {
    x.withUnsafeMutableBufferPointer {
      routines.scale(blasint($0.count), alpha, $0.baseAddress, 1)
    }
  }

  /// y ← y + αx.
  ///
  /// - Complexity: O(n).
  public static func add(_ alpha: Self, _ x: Span<Self>, to y: inout MutableSpan<Self>) {
    precondition(x.count == y.count)
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        routines.addScaled(blasint(x.count), alpha, x.baseAddress, 1, y.baseAddress, 1)
      }
    }
  }

  /// y ← αx + βy.
  ///
  /// - Complexity: O(n).
  public static func combine(
    _ alpha: Self, _ x: Span<Self>, plus beta: Self, into y: inout MutableSpan<Self>
  ) {
    precondition(x.count == y.count)
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        routines.addScaledToScaled(
          blasint(x.count), alpha, x.baseAddress, 1, beta, y.baseAddress, 1)
      }
    }
  }

  /// y ← x.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func copy(_ x: Span<Self>, into y: inout MutableSpan<Self>) {
    precondition(x.count == y.count)
    for i in x.indices { y[i] = x[i] }
  }

  /// x ← value in every element.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func fill(_ x: inout MutableSpan<Self>, with value: Self) {
    for i in x.indices { x[i] = value }
  }

  /// y ← x ∘ y, element by element.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func multiply(_ x: Span<Self>, into y: inout MutableSpan<Self>) {
    precondition(x.count == y.count)
    for i in x.indices { y[i] *= x[i] }
  }

  /// Whether all elements of `x` equal `value`.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func isConstant(_ x: Span<Self>, _ value: Self) -> Bool {
    for i in x.indices where x[i] != value { return false }
    return true
  }

  /// The index of the first NaN or infinity in `x`, or nil.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func firstNonFiniteIndex(in x: Span<Self>) -> Int? {
    for i in x.indices where !x[i].isFinite { return i }
    return nil
  }
}
