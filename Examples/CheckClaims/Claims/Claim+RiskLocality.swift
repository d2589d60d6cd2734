import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins
import OptimKitTesting

extension Claim {
  /// C20: where Newton's method may start.
  static let riskLocality = Claim(
    id: "C20", title: "Newton's method needs a close start, or a line search",
    statement: """
      From a start with L‖x₀ − x*‖ ≤ γ/2 a full Newton step at least halves the distance to the minimum (L the Lipschitz \
      constant of the Hessian, γ its least eigenvalue there). Far away nothing is promised: full steps may diverge, and a \
      line search converges.
      """,
    source: "theorem on empirical risk minimisation, which is local; the line search is not in it"
  ) { context in
    let samples = context.pick(quick: 1000, full: 5000)
    let features = 10
    let seeds = context.seeds(quick: 5, full: 20)
    let problem = try RiskProblem(
      samples: samples, features: features, conditionNumber: 10, seed: context.seed)
    let minimum = try problem.minimum(context)
    let system = try problem.system(at: minimum)
    var hessian = Matrix<Double>(rowCount: features, columnCount: features)
    try system.formNormalMatrix(into: &hessian)
    let gamma = try hessian.symmetricEigenvalues().smallest
    // ‖H(x) − H(y)‖ ≤ Σ |ℓ″(xᵢᵀx) − ℓ″(xᵢᵀy)| ‖xᵢ‖² ≤ L‖x − y‖ with |ℓ‴| ≤ 1/(6√3).
    let cubes = (0..<samples).reduce(0) { sum, row in
      let values = Array(problem.features.row(row))
      return sum + pow(Double.norm(values.span), 3)
    }
    let lipschitz = cubes / (6 * 3.0.squareRoot())
    var near: [Double] = []
    var divergent = 0
    var searched: [Double] = []
    for seed in seeds {
      let direction: [Double] = RandomKey(seed: seed, purpose: "direction").normalVector(features)
      let length = Double.norm(direction.span)
      func start(at distance: Double) -> [Double] {
        zip(minimum, direction).map { $0 + distance * $1 / length }
      }
      let radius = gamma / (2 * lipschitz)
      let close = try minimize(
        problem.objective, from: start(at: radius),
        using: .newton(solver: .exact, stepControl: .full), until: [.iterations(1)],
        cancellation: context.cancellation)
      near.append(distance(close.parameters, minimum) / radius)
      let far = start(at: 30)
      let full = try minimize(
        problem.objective, from: far, using: .newton(solver: .exact, stepControl: .full),
        until: [.relativeGradientNorm(1e-8), .iterations(50)], cancellation: context.cancellation)
      divergent += full.isConverged ? 0 : 1
      let careful = try minimize(
        problem.objective, from: far, using: .newton(solver: .exact),
        until: [.relativeGradientNorm(1e-8), .iterations(100)], cancellation: context.cancellation)
      searched.append(careful.isConverged ? Double(careful.summary.iterations) : .infinity)
    }
    try context.cancellation.check()
    return Finding(
      ran: """
        logistic regression, n \(samples), d \(features), κ about 10; \(seeds.count) random directions from the minimum; \
        starts at a distance of γ/(2L) = \((gamma / (2 * lipschitz)).significant(2)) and of 30
        """,
      figures: [
        Figure(
          "largest ratio of distances, one full step from nearby", near.largest, .atMost(0.5)),
        Figure(
          "runs of full steps from far away that do not converge", Double(divergent), .atLeast(1),
          basis: .counted),
        Figure(
          "most steps with a line search from far away (infinite: no convergence)",
          searched.largest, .atMost(100), basis: .counted),
      ])
  }
}
