import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Rows of Jacobians")
struct RowAccessTests {
  private let dense = DenseJacobian(
    RandomKey(seed: 2, purpose: .data).normalMatrix(4, 3, of: Double.self))

  @Test("are at hand where the Jacobian can write them, also behind the protocol, and nowhere else")
  func access() throws {
    let providers: [any JacobianProvider<Double>] = [dense, LateRows(base: dense)]
    for provider in providers {
      let rows = try #require(provider.rowAccess)
      let second: [Double] = try filled(3) { try rows.copyRows(1..<2, into: &$0) }
      #expect(second == Array(dense.matrix.row(1)))
    }
    #expect(ProductsOnlyJacobian(dense).rowAccess == nil)
  }
}

/// Says in an extension that it can write rows.
private struct LateRows: JacobianProvider {
  let base: DenseJacobian<Double>

  var rowCount: Int { base.rowCount }
  var columnCount: Int { base.columnCount }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) throws {
    try base.apply(x, into: &result)
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) throws {
    try base.applyTransposed(u, into: &result)
  }
}

extension LateRows: RowAccessible {
  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Double>) throws {
    try base.copyRows(rows, into: &result)
  }
}
