import COpenBLAS

extension RealScalar {
  /// A vector of `count` zeros.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func zeros(_ count: Int) -> [Self] {
    let byteCount = count * MemoryLayout<Self>.stride
    let capacity = LargePages.paddedByteCount(byteCount) / MemoryLayout<Self>.stride
    return [Self](unsafeUninitializedCapacity: capacity) { elements, initialized in
      initialized = count
      guard let start = elements.baseAddress else { return }
      LargePages.advise(start, byteCount: byteCount)
      // All bits zero is the number zero.
      UnsafeMutableRawPointer(start).initializeMemory(
        as: UInt8.self, repeating: 0, count: byteCount)
    }
  }

  /// The inner product xᵀy.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func dot(_ x: Span<Self>, _ y: Span<Self>) -> Self {
    precondition(x.count == y.count)
    let count = x.count
    return x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return 0 }
        return dot(x, y, count: count)
      }
    }
  }

  /// The Euclidean norm ‖x‖, without overflow in between.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func norm(_ x: Span<Self>) -> Self {
    let count = x.count
    return x.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress else { return 0 }
      // The square suffices unless it, or what is not negligible in it, leaves the range of normal numbers;
      // BLAS avoids that at several times the cost.
      let square = dot(x, x, count: count)
      let smallest = Self(count) * leastNormalMagnitude / unitRoundoff
      if square.isFinite, square > smallest { return square.squareRoot() }
      return routines.blas.norm(blasint(count), x, 1)
    }
  }

  /// ‖x‖₁, the sum of magnitudes, on the calling thread alone.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  package static func absoluteSum(_ x: Span<Self>) -> Self {
    x.withUnsafeBufferPointer { routines.blas.absoluteSum(blasint($0.count), $0.baseAddress, 1) }
  }

  /// x ← αx.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func scale(_ x: inout MutableSpan<Self>, by alpha: Self) {
    forEachChunk(of: &x) { x, count in
      routines.blas.scale(blasint(count), alpha, x, 1)
    }
  }

  /// y ← y + αx.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func add(_ alpha: Self, _ x: Span<Self>, to y: inout MutableSpan<Self>) {
    forEachChunk(of: x, and: &y) { x, y, count in
      routines.blas.addScaled(blasint(count), alpha, x, 1, y, 1)
    }
  }

  /// y ← αx + βy.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func combine(
    _ alpha: Self, _ x: Span<Self>, plus beta: Self, into y: inout MutableSpan<Self>
  ) {
    forEachChunk(of: x, and: &y) { x, y, count in
      routines.blas.addScaledToScaled(blasint(count), alpha, x, 1, beta, y, 1)
    }
  }

  /// z ← y + αx, in one pass through memory.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func add(
    _ alpha: Self, _ x: Span<Self>, to y: Span<Self>, into z: inout MutableSpan<Self>
  ) {
    precondition(x.count == y.count)
    x.withUnsafeBufferPointer { x in
      let x = Shared(x)
      forEachNumberedChunk(of: y, and: &z) { first, y, z, count in
        z.update(from: y, count: count)
        routines.blas.addScaled(blasint(count), alpha, x.pointer.baseAddress! + first, 1, z, 1)
      }
    }
  }

  /// y ← x.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func copy(_ x: Span<Self>, into y: inout MutableSpan<Self>) {
    forEachChunk(of: x, and: &y) { x, y, count in y.update(from: x, count: count) }
  }

  /// x ← value in every element.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  public static func fill(_ x: inout MutableSpan<Self>, with value: Self) {
    forEachChunk(of: &x) { x, count in x.update(repeating: value, count: count) }
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
    // A finite sum of squares says the same many times faster.
    dot(x, x).isFinite ? nil : scanForNonFinite(x)
  }

  @specialized(where Self == Double)
  @specialized(where Self == Float)
  private static func scanForNonFinite(_ x: Span<Self>) -> Int? {
    for i in x.indices where !x[i].isFinite { return i }
    return nil
  }
}
