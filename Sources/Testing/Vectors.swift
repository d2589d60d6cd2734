import OptimKit
import Synchronization

// Vectors as arrays, for checks: whole arrays in and out, sizes that fit a check.

/// ‖x‖.
package func norm<Scalar: RealScalar>(_ x: [Scalar]) -> Scalar { Scalar.norm(x.span) }

/// ‖x − y‖; infinite where the counts differ.
package func distance<Scalar: RealScalar>(_ x: [Scalar], _ y: [Scalar]) -> Scalar {
  guard x.count == y.count else { return .infinity }
  return norm(combination(1, x, -1, y))
}

/// αx + βy.
package func combination<Scalar: RealScalar>(
  _ alpha: Scalar, _ x: [Scalar], _ beta: Scalar, _ y: [Scalar]
) -> [Scalar] {
  var result = y
  var span = result.mutableSpan
  Scalar.combine(alpha, x.span, plus: beta, into: &span)
  return result
}

/// Whether the elements are the same, signs of zeros included; NaN equals NaN.
package func haveSameBits<Scalar: RealScalar>(_ x: [Scalar], _ y: [Scalar]) -> Bool {
  x.elementsEqual(y) { ($0 == $1 && $0.sign == $1.sign) || ($0.isNaN && $1.isNaN) }
}

/// Calls `body` with `count` NaNs to overwrite, and returns what it wrote: a method that adds to
/// its result, or leaves a part of it alone, leaves NaN.
package func filled<Scalar: RealScalar>(
  _ count: Int, _ body: (inout MutableSpan<Scalar>) throws -> Void
) rethrows -> [Scalar] {
  var result = [Scalar](repeating: .nan, count: count)
  var span = result.mutableSpan
  try body(&span)
  return result
}

/// Calls `body` for each number below `count`, on the threads in use, and returns what it returned.
package func concurrently<Value: Sendable>(
  _ count: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let results = Mutex<[Int: Result<Value, any Error>]>([:])
  ThreadPool.forEach(count) { number in
    let result = Result { try body(number) }
    results.withLock { $0[number] = result }
  }
  let all = results.withLock { $0 }
  return try (0..<count).map { try all[$0]!.get() }
}

extension RandomKey {
  /// `count` independent standard normal values.
  package func normalVector<Scalar: RealScalar>(
    _ count: Int, of type: Scalar.Type = Scalar.self
  ) -> [Scalar] {
    filled(count) { fillNormal(&$0) }
  }

  /// A matrix of independent standard normal elements.
  package func normalMatrix<Scalar: RealScalar>(
    _ rows: Int, _ columns: Int, of type: Scalar.Type = Scalar.self
  ) -> Matrix<Scalar> {
    var result = Matrix<Scalar>(rowCount: rows, columnCount: columns)
    result.withMutableElements { fillNormal(&$0) }
    return result
  }
}

extension LinearOperator {
  /// A x.
  package func product(_ x: [Scalar]) throws -> [Scalar] {
    try filled(rowCount) { try apply(x.span, into: &$0) }
  }

  /// Aᵀ u.
  package func transposedProduct(_ u: [Scalar]) throws -> [Scalar] {
    try filled(columnCount) { try applyTransposed(u.span, into: &$0) }
  }
}

/// Unit vector number `index` of `count`.
package func unitVector<Scalar: RealScalar>(_ index: Int, of count: Int) -> [Scalar] {
  var result = Scalar.zeros(count)
  result[index] = 1
  return result
}
