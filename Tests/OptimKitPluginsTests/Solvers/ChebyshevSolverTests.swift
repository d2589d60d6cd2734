import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Chebyshev semi-iteration")
struct ChebyshevSolverTests {
  @Test("converges at every sketch size, at rate √(k/s)", arguments: [1.5, 2, 4, 12])
  func rate(oversampling: Double) throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 6000, columns: 60, conditionNumber: 1e4)
    let report = try LinearSolverTests.solve(
      DampedSystem(jacobian: DenseJacobian(matrix)),
      with: ChebyshevSolver(SparseSignSketcher(), oversampling: oversampling), 1e-8)
    #expect(report.status == .converged, "\(report)")
    let ideal = 8 * log(10.0) / (0.5 * log(oversampling))
    #expect(Double(report.iterations) < 2 * ideal + 25, "\(report.iterations) of \(ideal)")
  }

  @Test("takes as many iterations as heavy ball, and not many more than conjugate gradients")
  func comparison() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 6000, columns: 60, conditionNumber: 1e4)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    func iterations(_ solver: any LinearSolver) throws -> Int {
      try LinearSolverTests.solve(system, with: solver, 1e-8).iterations
    }
    let chebyshev = try iterations(ChebyshevSolver(SRHTSketcher()))
    let heavyBall = try iterations(HeavyBallSolver(SRHTSketcher()))
    let conjugateGradient = try iterations(SketchedCGSolver(SRHTSketcher()))
    #expect(abs(chebyshev - heavyBall) <= 4, "\(chebyshev), heavy ball \(heavyBall)")
    #expect(chebyshev <= 2 * conjugateGradient, "\(chebyshev), CG \(conjugateGradient)")
  }

  @Test("takes as many iterations whatever the conditioning")
  func conditioning() throws {
    let counts = try [1e1, 1e3, 1e5].map { conditionNumber in
      let matrix: Matrix<Double> = try tallMatrix(
        rows: 4000, columns: 50, conditionNumber: conditionNumber)
      return try LinearSolverTests.solve(
        DampedSystem(jacobian: DenseJacobian(matrix)), with: ChebyshevSolver(SparseSignSketcher()),
        1e-6
      ).iterations
    }
    #expect(Double(counts.max()!) <= 1.5 * Double(counts.min()!), "\(counts)")
  }

  @Test("survives a trip through JSON, and refuses senseless options")
  func options() throws {
    let solver = ChebyshevSolver(SRHTSketcher(), oversampling: 6, maximumIterations: 77)
    #expect(try roundTrip(solver) == solver)
    #expect(throws: OptimKitError.self) {
      try ChebyshevSolver(SRHTSketcher(), oversampling: 1).validate()
    }
  }
}
