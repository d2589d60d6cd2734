import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting

/// Logistic regression without ridge on n samples of d features, whose Hessian has about a given condition number.
///
/// Features are √n times a random matrix with singular values from 1 to 1/√κ, geometrically; labels are drawn with the
/// probabilities that planted weights give.
struct RiskProblem {
  let objective: EmpiricalRisk<LinearModel<DenseFeatures<Double>>, LogisticLoss>
  let features: Matrix<Double>

  /// Makes a problem.
  init(samples: Int, features count: Int, conditionNumber: Double, seed: UInt64) throws {
    var features: Matrix<Double> = try tallMatrix(
      rows: samples, columns: count, conditionNumber: conditionNumber.squareRoot(), seed: seed)
    features.withMutableElements { Double.scale(&$0, by: Double(samples).squareRoot()) }
    let key = RandomKey(seed: seed, purpose: "labels")
    let planted: [Double] = key.normalVector(count)
    let model = try LinearModel(features: features, hasIntercept: false)
    var logits = Double.zeros(samples)
    var span = logits.mutableSpan
    model.evaluate(at: planted.span, into: &span)
    var chances = Double.zeros(samples)
    var chanceSpan = chances.mutableSpan
    key.with(iteration: 1).fillUniform(&chanceSpan, in: 0..<1)
    let targets = zip(logits, chances).map { $1 < 1 / (1 + exp(-$0)) ? 1.0 : 0 }
    objective = try EmpiricalRisk(model: model, loss: LogisticLoss(), targets: targets)
    self.features = features
  }

  /// Zeros.
  var start: [Double] { Double.zeros(objective.parameterCount) }

  /// The minimum, to rounding.
  func minimum(_ context: ClaimContext) throws -> [Double] {
    let result = try minimize(
      objective, from: start, using: .newton(solver: .qr),
      until: [.relativeGradientNorm(1e-15), .iterations(100)], cancellation: context.cancellation)
    try context.cancellation.check()
    return result.parameters
  }

  /// The normal system at a point, whose matrix is the Hessian there.
  func system(at parameters: [Double]) throws -> DampedSystem<Double> {
    let counted = CountedObjective<Double>(objective)
    return counted.system(at: try counted.linearize(at: parameters.span))
  }

  /// ‖x − y‖ in the norm of the Hessian that `system` holds.
  func distance(
    _ x: [Double], _ y: [Double], in system: DampedSystem<Double>
  ) throws -> Double {
    let difference = zip(x, y).map { $0 - $1 }
    var product = difference
    var span = product.mutableSpan
    try system.applyNormal(difference.span, into: &span)
    let square = Double.dot(difference.span, product.span)
    return max(0, square).squareRoot()
  }

  /// ‖x(t) − x*‖ in the norm of the Hessian at the minimum, from the start and after each of `steps` steps.
  func errors(
    of optimizer: some Optimizer, steps: Int, seed: UInt64, _ context: ClaimContext
  ) throws -> [Double] {
    let minimum = try minimum(context)
    let system = try system(at: minimum)
    let run = try Run(
      minimizing: objective, from: start, using: optimizer, until: [.iterations(steps)],
      cancellation: context.cancellation, seed: seed)
    var errors = [try distance(start, minimum, in: system)]
    while try run.advance() != nil {
      errors.append(try distance(run.parameters, minimum, in: system))
    }
    try context.cancellation.check()
    return errors
  }
}
