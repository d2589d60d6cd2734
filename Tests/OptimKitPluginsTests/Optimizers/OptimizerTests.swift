import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Optimizers")
struct OptimizerTests {
  /// One row for each optimizer; the Gauss-Newton method with each of the solvers.
  static let all: [any Optimizer] =
    LinearSolverTests.all.map { makeGaussNewton($0) } + [
      GaussNewton(solver: CholeskySolver(), damping: 0.01),
      GaussNewton(solver: CholeskySolver(), innerTolerance: .fixed(0.5)),
      GaussNewton(solver: SketchedCGSolver(CountSketcher()), stepControl: .backtracking),
    ]

  private static func makeGaussNewton(_ solver: some LinearSolver) -> any Optimizer {
    GaussNewton(solver: solver, stepControl: .backtracking)
  }

  @Test("conform on a mild problem of more outputs than parameters", arguments: scalarTypes)
  func mild(type: any RealScalar.Type) {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) {
      for optimizer in Self.all {
        let optimizer = optimizer
        #expect(
          conformanceIssues(of: optimizer, scalar: type) == [],
          "\(optimizer.details) \(Scalar.self)")
      }
    }
    check(type)
  }

  @Test("conform on a wide network with a ridge, with more parameters than outputs")
  func wide() throws {
    let plain: LeastSquares<TwoLayerReLU<Double>> = try syntheticObjective(
      samples: 12, features: 4, width: 60)
    let objective = try LeastSquares(plain.model, targets: plain.targets, ridge: 1e-3)
    for optimizer in Self.all {
      let optimizer = optimizer
      #expect(
        conformanceIssues(
          of: optimizer, on: objective, from: objective.model.initialParameters(seed: 1), steps: 6,
          isExpectedToConverge: false) == [], "\(optimizer.details)")
    }
  }
}
