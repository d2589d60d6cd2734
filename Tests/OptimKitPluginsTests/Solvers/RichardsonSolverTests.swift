import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Algorithm 2")
struct RichardsonSolverTests {
  @Test(
    "meets its own error bound on ill-conditioned systems",
    arguments: [1e2, 1e4], [1e-2, 1e-6])
  func errorBound(conditionNumber: Double, tolerance: Double) throws {
    let columns = 20
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 4000, columns: columns, conditionNumber: conditionNumber)
    // The dual system has A = Jᵀ, as in the paper: ‖AᵀA g − y‖ ≤ ε ‖y‖.
    let system = DampedSystem(jacobian: DenseJacobian(matrix.transposed()))
    let y: [Double] = normalVector(columns, seed: 3)
    for solver in [RichardsonSolver(SRHTSketcher())] {
      let workspace = solver.makeWorkspace(for: Double.self)
      let preparation = try workspace.prepare(system, key: RandomKey(seed: 1, purpose: .sketch))
      #expect(preparation.sketchSize == 1676 && preparation.factorization == "QR")
      var step = [Double](repeating: 0, count: 4000)
      var stepSpan = step.mutableSpan
      let report = try workspace.solve(
        DampedRightHandSide(target: y), tolerance: .relative(tolerance), into: &stepSpan)
      #expect(report.status == .converged, "\(report)")
      // AᵀA g = J (Jᵀ g) and the step is Jᵀ g.
      var fitted = [Double](repeating: 0, count: columns)
      var fittedSpan = fitted.mutableSpan
      try system.apply(step.span, into: &fittedSpan)
      Double.add(-1, y.span, to: &fittedSpan)
      #expect(Double.norm(fittedSpan.span) <= 1.01 * tolerance * Double.norm(y.span))
    }
  }

  @Test("refuses sketches at which it diverges, with the remedy", arguments: [4, 12, 39.9])
  func tooSmall(oversampling: Double) {
    let solver = RichardsonSolver(SRHTSketcher(), oversampling: oversampling)
    let error = #expect(throws: OptimKitError.self) { try solver.validate() }
    #expect(error?.remedy.contains("heavy-ball") == true)
    #expect(throws: Never.self) {
      try RichardsonSolver(SRHTSketcher(), oversampling: 40).validate()
    }
  }

  @Test(
    "converges on narrow systems, whose small sketches spread",
    arguments: [1, 2, 8])
  func narrow(columns: Int) throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 500, columns: columns, conditionNumber: 100)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    for sketcher: any Sketcher in [SparseSignSketcher(), SRHTSketcher()] {
      try check(sketcher)
      func check(_ sketcher: some Sketcher) throws {
        for seed in 0..<20 as Range<UInt64> {
          let workspace = RichardsonSolver(sketcher).makeWorkspace(for: Double.self)
          let preparation = try workspace.prepare(
            system, key: RandomKey(seed: seed, purpose: .sketch))
          // Of (√k + 2)² at least 40.
          let root = Double(columns).squareRoot()
          // All 512 rows of a Hadamard transform are an isometry.
          #expect(
            Double(preparation.sketchSize!) >= min(512, 40 * (root + 2) * (root + 2) - 1e-9))
          let report = try filledReport(columns) {
            try workspace.solve(
              DampedRightHandSide(target: normalVector(500, seed: 1)),
              tolerance: .relative(1e-6), into: &$0)
          }
          #expect(report.status == .converged, "\(sketcher.name), seed \(seed): \(report)")
        }
      }
    }
    func filledReport(
      _ count: Int, _ solve: (inout MutableSpan<Double>) throws -> SolveReport
    ) throws -> SolveReport {
      var x = [Double](repeating: 0, count: count)
      var span = x.mutableSpan
      return try solve(&span)
    }
  }

  @Test("heavy ball converges at every sketch size, at rate √(k/s)", arguments: [1.5, 2, 4, 12])
  func heavyBall(oversampling: Double) throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 6000, columns: 60, conditionNumber: 1e4)
    let report = try LinearSolverTests.solve(
      DampedSystem(jacobian: DenseJacobian(matrix)),
      with: HeavyBallSolver(SparseSignSketcher(), oversampling: oversampling), 1e-8)
    #expect(report.status == .converged, "\(report)")
    // The error in the preconditioned norm falls by √(k/s) an iteration; twice the count it needs, and
    // some for the change of norm.
    let ideal = 8 * log(10.0) / (0.5 * log(oversampling))
    #expect(Double(report.iterations) < 2 * ideal + 25, "\(report.iterations) of \(ideal)")
  }
}
