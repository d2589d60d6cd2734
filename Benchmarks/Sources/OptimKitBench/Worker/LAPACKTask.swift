import CBenchmarkLAPACK
import OptimKit

/// A regression by LAPACK's `dgels`, QR, from the OpenBLAS that OptimKit uses. It overwrites a column-major
/// copy of A, made outside the time.
struct LAPACKTask: WorkerTask {
  private let problem: RegressionProblem

  init(_ arrays: WorkerArrays) throws { problem = try RegressionProblem(arrays) }

  var library: String { "LAPACK" }

  func run() throws -> Answer {
    let (rows, columns) = (problem.matrix.rowCount, problem.matrix.columnCount)
    // Row-major A transposed is column-major A.
    var matrix = problem.matrix.transposed()
    var target = problem.target
    let clock = ContinuousClock()
    let start = clock.now
    // A first call with length −1 asks for the length of its workspace.
    var length = [0.0]
    let query = Self.solve(rows, columns, &matrix, &target, work: &length, length: -1)
    var work = Double.zeros(Int(length[0]))
    let status = Self.solve(rows, columns, &matrix, &target, work: &work, length: work.count)
    let duration = clock.now - start
    guard query == 0, status == 0 else {
      throw OptimKitError(
        .singularSystem, cause: "dgels returned \(query) and \(status)",
        remedy: "check the matrix")
    }
    return done(duration, metrics: problem.accuracy(of: Array(target.prefix(columns))))
  }

  private static func solve(
    _ rows: Int, _ columns: Int, _ matrix: inout Matrix<Double>, _ target: inout [Double],
    work: inout [Double], length: Int
  ) -> Int {
    let (leadingA, leadingB) = (Int32(rows), Int32(rows))
    var (m, n, one, count, info) = (Int32(rows), Int32(columns), Int32(1), Int32(length), Int32(0))
    matrix.withMutableElements { elements in
      elements.withUnsafeMutableBufferPointer { a in
        withUnsafePointer(to: leadingA) { lda in
          withUnsafePointer(to: leadingB) { ldb in
            dgels_(
              "N", &m, &n, &one, a.baseAddress, lda, &target, ldb, &work, &count, &info, 1)
          }
        }
      }
    }
    return Int(info)
  }
}
