import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// The article ChoosingASolver of the catalogue of OptimKit, and the landing page of OptimKitPlugins.
@Suite("The snippets of the article on choosing a solver run")
struct ChoosingSolverSnippets {
  private let objective: LeastSquares<TwoLayerReLU<Double>>
  private let start: [Double]

  init() throws {
    let key = RandomKey(seed: 4, purpose: .data)
    let network = try TwoLayerReLU(
      features: key.normalMatrix(60, 10, of: Double.self), width: 1024, seed: 1)
    objective = try LeastSquares(
      network, targets: key.with(iteration: 1).normalVector(60, of: Double.self))
    start = network.initialParameters(seed: 1)
  }

  @Test func asking() throws {
    // snippet
    let result = try minimize(objective, from: start, using: .gaussNewton(solver: .automatic))
    for record in result.summary.history.dropFirst() {
      guard let step = record.step, let choice = step.preparation?.selection else { continue }
      print(
        choice.explanation(
          actualIterations: step.solve?.iterations, actualSeconds: step.solverSeconds))
    }
    // end of snippet
    #expect(result.isConverged)
    #expect(result.summary.history[1].step?.preparation?.selection != nil)
  }

  @Test func explaining() throws {
    // snippet
    let linearization = try objective.linearize(at: start.span)
    let system = DampedSystem(
      jacobian: linearization.jacobian, curvatureFactor: linearization.curvatureFactor)
    print(AutomaticSolver().explain(system, tolerance: .relative(1e-3)))
    // end of snippet
    #expect(AutomaticSolver().explain(system).alternatives.isEmpty == false)
  }

  @Test func comparing() throws {
    var lines: [String] = []
    func print(_ items: Any...) { lines.append("\(items)") }
    // snippet
    func run(_ solver: some LinearSolver) throws {
      let result = try minimize(
        objective, from: start, using: .gaussNewton(solver: solver), until: [.relativeLoss(1e-8)])
      let summary = result.summary
      print(
        solver.name, summary.iterations, summary.counts.innerIterations,
        summary.counts.jacobianProducts, summary.seconds)
    }
    let candidates: [any LinearSolver] = [
      .automatic, .exact, .conjugateGradient(), .sketchedCG(.srht), .sketchedLSQR(.sparseSign()),
    ]
    for solver in candidates { try run(solver) }
    // end of snippet
    #expect(lines.count == 5)
  }

  @Test func reading() throws {
    let result = try minimize(
      objective, from: start, using: .gaussNewton(solver: .sketchedCG(.sparseSign())))
    // snippet
    for record in result.summary.history {
      guard let step = record.step, let solve = step.solve else { continue }
      print(solve.status, solve.iterations, solve.relativeResidual ?? 0, step.innerTolerance ?? 0)
      print(step.preparation?.access ?? "", step.preparation?.decision ?? "")
    }
    print(result.summary.notes)
    // end of snippet
    #expect(result.isConverged)
  }

  @Test func plugins() throws {
    // snippet
    let optimizers: [any Optimizer] = [
      .gaussNewton(solver: .automatic),
      .gaussNewton(solver: .sketchedCG(.srht), stepControl: .backtracking),
      .gaussNewton(solver: .preconditionedCG(.nystrom()), damping: 1e-6),
      .levenbergMarquardt(solver: .sketchedLSQR(.sparseSign())),
      .gramGaussNewton(solver: .exact, batchSize: 32, damping: 1e-3),
    ]
    // end of snippet
    for optimizer in optimizers {
      func improves(_ optimizer: some Optimizer) throws -> Bool {
        let result = try minimize(
          objective, from: start, using: optimizer, until: [.iterations(3)])
        return result.best.loss < result.summary.initialLoss
      }
      #expect(try improves(optimizer), "\(optimizer.name)")
    }
  }
}
