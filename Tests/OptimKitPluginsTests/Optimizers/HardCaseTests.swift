import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Problems that go wrong somewhere, for every optimizer: each run ends with a finite point that is no worse than the
/// start, or with an error that says what is wrong; none claims to have converged where it has not.
@Suite("Hard cases")
struct HardCaseTests {
  struct Failure: Error {}

  private static let optimizers = OptimizerTests.all + OptimizerTests.preconditioned
  /// They take steps without looking at the loss.
  private static let careless = Set([
    "SGD", "Adam", "AdamW", "SVRG", "natural gradient", "Gram-Gauss-Newton", "SPRING",
  ])

  private enum Ending {
    case result(OptimizationResult<Double>)
    case refusal(OptimKitError)
    case modelError
  }

  private func run(
    _ optimizer: any Optimizer, on objective: some Objective<Double>, from start: [Double],
    iterations: Int = 60
  ) throws -> Ending {
    do {
      return .result(
        try minimize(
          objective, from: start, using: optimizer,
          until: [.relativeGradientNorm(1e-10), .iterations(iterations)]))
    } catch let error as OptimKitError {
      return .refusal(error)
    } catch is Failure {
      return .modelError
    }
  }

  private func gradientNorm(_ objective: some Objective<Double>, _ point: [Double]) throws -> Double
  {
    let counted = CountedObjective<Double>(objective)
    var gradient = point
    var span = gradient.mutableSpan
    try counted.gradient(at: point.span, counted.linearize(at: point.span), into: &span)
    if let bounds = objective.parameterBounds {
      for i in gradient.indices
      where (point[i] <= bounds.lower[i] && gradient[i] > 0)
        || (point[i] >= bounds.upper[i] && gradient[i] < 0)
      {
        gradient[i] = 0
      }
    }
    return norm(gradient)
  }

  /// Checks what holds for every run; `accuracy` is what convergence has to mean for the gradient, relative to the start.
  private func check(
    _ objective: some Objective<Double>, from start: [Double], accuracy: Double = 1e-5,
    refusals: Set<OptimKitError.Kind> = [], allowsModelErrors: Bool = false,
    optimizers: [any Optimizer] = HardCaseTests.optimizers, _ name: String
  ) throws {
    let initialLoss = try objective.value(at: start.span)
    for optimizer in optimizers {
      let place = "\(name): \(optimizer.name), \(optimizer.details)"
      switch try run(optimizer, on: objective, from: start) {
      case .result(let result):
        #expect(result.best.parameters.allSatisfy { $0.isFinite }, "\(place)")
        #expect(result.best.loss <= initialLoss, "\(place): \(result.best.loss)")
        #expect(!result.reason.description.isEmpty, "\(place)")
        if result.reason.status == .failed {
          #expect(result.reason.error?.remedy.isEmpty == false, "\(place)")
        }
        if result.isConverged {
          let first = try gradientNorm(objective, start)
          let last = try gradientNorm(objective, result.parameters)
          #expect(last <= accuracy * first, "\(place): \(result.reason), \(last) of \(first)")
        }
      case .refusal(let error):
        #expect(refusals.contains(error.kind), "\(place): \(error)")
      case .modelError:
        #expect(allowsModelErrors, "\(place)")
      }
    }
  }

  private func dual(
    _ parameters: Int, _ residuals: Int, _ function: @escaping @Sendable ([Dual]) throws -> [Dual]
  ) throws -> LeastSquares<ResidualModel> {
    try ResidualModel(parameterCount: parameters, residualCount: residuals, function).objective()
  }

  /// Those that need no batches.
  private static let whole = optimizers.filter { !careless.contains($0.name) }
  /// Those for any shape.
  private static let square = OptimizerTests.all.filter { !careless.contains($0.name) }

  @Test("residuals that are NaN in part of the space")
  func notANumber() throws {
    // √(x − 1) is not defined below 1; full steps lead there.
    let objective = try dual(2, 3) { x in
      [sqrt(x[0] - 1.0) - 0.1, x[1] - 2.0, exp(x[0] * x[1]) - 8.0]
    }
    try check(objective, from: [3, 1], optimizers: Self.whole, "NaN")
    for optimizer in Self.whole {
      guard case .refusal(let error) = try run(optimizer, on: objective, from: [0.5, 1]) else {
        Issue.record("\(optimizer.name) starts at NaN")
        continue
      }
      #expect(
        error.kind == .nonFiniteValue && error.remedy.contains("start elsewhere"), "\(error)")
    }
  }

  @Test("residuals that throw in part of the space")
  func throwing() throws {
    let objective = try dual(2, 3) { x in
      if x[0].value < 1 { throw Failure() }
      return [x[0] - 1.5, x[1] - 2.0, exp(x[0] * x[1]) - 8.0]
    }
    try check(
      objective, from: [3, 1], allowsModelErrors: true, optimizers: Self.square, "throwing")
    let known = OptimKitError(.invalidArgument, cause: "not here", remedy: "go elsewhere")
    let other = try dual(2, 2) { x in
      if x[0].value < 2.9 { throw known }
      return [x[0] - 1.5, x[1] - 2.0]
    }
    for optimizer in Self.square {
      guard case .result(let result) = try run(optimizer, on: other, from: [3, 1]) else {
        Issue.record("\(optimizer.name) returns nothing")
        continue
      }
      #expect(
        result.reason.error == known || result.reason.status == .stoppedByBudget
          // A sketch of two rows may be singular.
          || result.reason.error?.kind == .singularSystem,
        "\(optimizer.name), \(optimizer.details): \(result.reason)")
      #expect(result.parameters[0] >= 2.9)
    }
  }

  @Test("a parameter that has no effect stays, but for rounding and a dual's freedom")
  func zeroColumn() throws {
    let objective = try dual(3, 4) { x in
      [exp(x[0]) - 2.0, x[0] + x[2] - 1.0, x[2] - 0.5, 0 * x[1] + x[0] * x[2]]
    }
    try check(
      objective, from: [1, 7, 1], refusals: [.singularSystem], optimizers: Self.whole,
      "zero column")
    for optimizer in OptimizerTests.trustRegion + OptimizerTests.matrixFree + OptimizerTests.inexact
    {
      guard case .result(let result) = try run(optimizer, on: objective, from: [1, 7, 1]) else {
        Issue.record("\(optimizer.name) refuses")
        continue
      }
      #expect(result.isConverged, "\(optimizer.name), \(optimizer.details): \(result.reason)")
      #expect(abs(result.parameters[1] - 7) < 1e-6, "\(optimizer.name), \(optimizer.details)")
    }
  }

  @Test("a Jacobian of zeros: nothing to do, and no false success elsewhere")
  func constant() throws {
    let objective = try dual(2, 2) { x in [0 * x[0] + 1.0, 0 * x[1] + 2.0] }
    for optimizer in Self.square {
      let ending = try run(optimizer, on: objective, from: [1, 2])
      switch ending {
      case .result(let result):
        #expect(result.parameters == [1, 2], "\(optimizer.name), \(optimizer.details)")
      case .refusal(let error): #expect(!error.remedy.isEmpty)
      case .modelError: Issue.record("no model error here")
      }
    }
  }

  @Test("more parameters than residuals")
  func underdetermined() throws {
    let objective = try dual(5, 2) { x in
      [x[0] * x[1] + x[2] - 3.0, exp(x[3]) + x[4] * x[0] - 2.0]
    }
    try check(
      objective, from: [1, 1, 1, 1, 1], refusals: [.singularSystem, .invalidArgument],
      optimizers: Self.whole, "underdetermined")
    for optimizer in OptimizerTests.trustRegion + OptimizerTests.matrixFree + OptimizerTests.inexact
    {
      guard case .result(let result) = try run(optimizer, on: objective, from: [1, 1, 1, 1, 1])
      else {
        Issue.record("\(optimizer.name) refuses")
        continue
      }
      #expect(result.summary.finalLoss < 1e-12, "\(optimizer.name), \(optimizer.details)")
    }
  }

  @Test("flat valleys, where losses and gradients all but vanish")
  func flat() throws {
    // Far out, the exponential has no slope left.
    let objective = try dual(2, 2) { x in [exp(-(x[0] * x[0])) - 1.0, 1e-3 * x[1] - 1e-3] }
    try check(objective, from: [6, 5], optimizers: Self.square, "flat valley")
    // A valley along a curve, with a floor that slopes by 1e-6.
    let curved = try dual(2, 2) { x in [1e3 * (x[1] - x[0] * x[0]), 1e-3 * (x[0] - 1.0)] }
    try check(curved, from: [-1, 1], optimizers: Self.square, "curved valley")
  }

  @Test("noise in the residuals, of derivatives that know nothing of it")
  func noisy() throws {
    let objective = try dual(2, 3) { x in
      // The derivative of the noise is left out.
      let noise = 1e-7 * sin(1e9 * (x[0].value + x[1].value))
      return [exp(x[0]) - 2.0 + noise, x[0] * x[1] - 1.0 + noise, x[1] - 1.0 - noise]
    }
    try check(objective, from: [2, 3], accuracy: 1e-4, optimizers: Self.whole, "noise")
    for optimizer in OptimizerTests.trustRegion + OptimizerTests.matrixFree + OptimizerTests.inexact
    {
      guard case .result(let result) = try run(optimizer, on: objective, from: [2, 3]) else {
        Issue.record("\(optimizer.name) refuses")
        continue
      }
      let last = try gradientNorm(objective, result.best.parameters)
      #expect(last < 1e-4, "\(optimizer.name), \(optimizer.details): \(result.reason), \(last)")
    }
  }

  @Test("losses beyond the largest number, and derivatives that are not finite")
  func overflow() throws {
    let huge = try dual(2, 2) { x in [exp(x[0]), x[1] - 1.0] }
    for optimizer in Self.square {
      guard case .refusal(let error) = try run(optimizer, on: huge, from: [800, 0]) else {
        Issue.record("\(optimizer.name) starts at infinity")
        continue
      }
      #expect(error.kind == .nonFiniteValue)
    }
    // From 300 the residual is 1e130 and its square 1e260.
    try check(huge, from: [300, 0], accuracy: 1, optimizers: Self.square, "huge residuals")
    // Finite, with an infinite slope.
    let cusp = try dual(2, 2) { x in [sqrt(x[0]) + 1.0, x[1] - 1.0] }
    for optimizer in Self.square {
      switch try run(optimizer, on: cusp, from: [0, 0]) {
      case .result(let result):
        #expect(!result.isConverged, "\(optimizer.name), \(optimizer.details): \(result.reason)")
        #expect(result.parameters.allSatisfy { $0.isFinite })
      case .refusal(let error): #expect(!error.remedy.isEmpty)
      case .modelError: Issue.record("no model error here")
      }
    }
  }

  @Test("bounds that exclude the start, equal bounds, and bounds without a common point")
  func bounds() throws {
    let objective = try dual(3, 4) { x in
      [exp(x[0]) - 2.0, x[0] + x[2] - 1.0, x[2] - 0.5, x[1] - x[0] * x[2]]
    }
    let box = try ParameterBounds(lower: [0, -1, 0.6], upper: [2, 0.1, 0.6])
    let bounded = try objective.bounded(by: box)
    for optimizer in Self.whole {
      guard case .refusal(let error) = try run(optimizer, on: bounded, from: [3, 0, 0.6]) else {
        Issue.record("\(optimizer.name) starts outside")
        continue
      }
      #expect(error.kind == .invalidArgument && !error.remedy.isEmpty)
      guard optimizer.supportsBounds else { continue }
      #expect(error.remedy.contains("projecting"))
      let start = box.projecting([3, 5, 1])
      guard case .result(let result) = try run(optimizer, on: bounded, from: start) else {
        Issue.record("\(optimizer.name) does not start inside")
        continue
      }
      #expect(result.isConverged, "\(optimizer.name), \(optimizer.details): \(result.reason)")
      #expect(result.parameters[2] == 0.6 && result.parameters[1] == 0.1)
      let first = try gradientNorm(bounded, start)
      #expect(try gradientNorm(bounded, result.parameters) <= 1e-5 * first)
    }
    let error = #expect(throws: OptimKitError.self) {
      try bounded.fixing([0], at: [5, 0, 0])
    }
    #expect(error?.kind == .invalidArgument && error?.cause.contains("parameter 0") == true)
    let fixed = try bounded.fixing([0], at: [0.25, 0, 0])
    #expect(fixed.bounds.lower == [0.25, -1, 0.6] && fixed.bounds.upper == [0.25, 0.1, 0.6])
    #expect(fixed.bounds.fixedParameters == [0, 2])
    #expect(fixed.bounds.activeParameters(at: [0.25, -1, 0.6]) == [0, 1, 2])
  }

  @Test("wrong derivatives end as failures of the optimizers that look at losses")
  func wrongDerivatives() throws {
    for optimizer in OptimizerTests.trustRegion + OptimizerTests.matrixFree + OptimizerTests.inexact
      + OptimizerTests.preconditioned
    {
      let objective = try LeastSquares(UphillModel(), targets: [0, 0])
      guard case .result(let result) = try run(optimizer, on: objective, from: [1]) else {
        continue
      }
      #expect(
        result.reason.status == .failed && result.reason.error?.kind == .noConvergence,
        "\(optimizer.name), \(optimizer.details): \(result.reason)")
      #expect(result.parameters == [1])
    }
  }
}

/// exp θ and θ + 2, with derivatives of the wrong sign.
private struct UphillModel: Model {
  var parameterCount: Int { 1 }
  var outputCount: Int { 2 }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    outputs[0] = exp(parameters[0])
    outputs[1] = parameters[0] + 2
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> DenseJacobian<Double> {
    evaluate(at: parameters, into: &outputs)
    return DenseJacobian(
      try Matrix(rowCount: 2, columnCount: 1, storage: [-exp(parameters[0]), -1]))
  }
}
