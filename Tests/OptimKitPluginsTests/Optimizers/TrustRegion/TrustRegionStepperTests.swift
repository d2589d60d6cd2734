import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Trust regions")
struct TrustRegionStepperTests {
  static var optimizers: [any Optimizer] { OptimizerTests.trustRegion }

  private func solve(
    _ model: ResidualModel, from start: [Double], using optimizer: any Optimizer,
    iterations: Int = 500
  ) throws -> OptimizationResult<Double> {
    let optimizer = optimizer
    return try minimize(
      model.objective(), from: start, using: optimizer, until: [.iterations(iterations)])
  }

  private func digits(_ x: [Double], _ certified: [Double]) -> Double {
    zip(x, certified).map { -log10(max(1e-12, abs($0 - $1) / abs($1))) }.min() ?? 0
  }

  @Test("Levenberg-Marquardt gives 8 digits of NIST's MGH10 and MGH17 from both starts")
  func distantStarts() throws {
    for (problem, starts, certified) in [
      (
        StandardProblem.meyer, [[2, 400_000, 25_000], [0.02, 4000, 250]],
        [5.6096364710e-3, 6.1813463463e3, 3.4522363462e2]
      ),
      (
        StandardProblem.osborne1, [[50, 150, -100, 1, 2], [0.5, 1.5, -1, 0.01, 0.02]],
        [3.7541005211e-1, 1.9358469127, -1.4646871366, 1.2867534640e-2, 2.2122699662e-2]
      ),
    ] {
      for start in starts {
        let result = try solve(problem.model, from: start, using: LevenbergMarquardt())
        #expect(result.isConverged && result.reason.label?.contains("rounding") == true)
        #expect(digits(result.parameters, certified) > 8, "\(problem) \(result.parameters)")
      }
    }
  }

  @Test("give 8 digits of Lanczos' exponentials, whose Jacobian has a condition number above 1e4")
  func lanczos() throws {
    // NIST's second set has 6 digits, the third 4 behind the point.
    for (format, certified) in [
      (
        "%.6g",
        [0.096251029939, 1.0057332849, 0.86424689056, 3.0078283915, 1.5529016879, 5.00287981]
      ),
      (
        "%.4f",
        [0.086816414977, 0.95498101505, 0.84400777463, 2.9515951832, 1.5825685901, 4.9863565084]
      ),
    ] {
      let model = ResidualModel(parameterCount: 6, residualCount: 24) { b in
        (0..<24).map { i in
          let x = 0.05 * Double(i)
          let y = 0.0951 * exp(-x) + 0.8607 * exp(-3 * x) + 1.5576 * exp(-5 * x)
          return b[0] * exp(-x * b[1]) + b[2] * exp(-x * b[3]) + b[4] * exp(-x * b[5])
            - (Double(String(format: format, y)) ?? .nan)
        }
      }
      for optimizer in Self.optimizers {
        let result = try solve(model, from: [0.5, 0.7, 3.6, 4.2, 4, 6.3], using: optimizer)
        #expect(
          digits(result.parameters, certified) > 8,
          "\(optimizer.name), \(optimizer.details): \(result.parameters)")
      }
    }
  }

  @Test("converge quadratically where the residual vanishes")
  func rate() throws {
    for optimizer in Self.optimizers {
      let result = try solve(
        StandardProblem.rosenbrock.model, from: [-1.2, 1], using: optimizer)
      #expect(result.isConverged, "\(optimizer.details): \(result.reason)")
      #expect(distance(result.parameters, [1, 1]) < 1e-13)
      // ‖f‖ squares from step to step, up to a constant, until it is rounding.
      let norms = result.summary.history.map { (2 * $0.loss).squareRoot() }
      let last = norms.firstIndex { $0 < 1e-9 } ?? 0
      #expect(last > 0 && norms[last] < 30 * pow(norms[last - 1], 1.5), "\(norms)")
    }
  }

  @Test("solve linear problems of any shape and rank, and say that they have converged")
  func linear() throws {
    let tall: Matrix<Double> = try tallMatrix(rows: 20, columns: 6, conditionNumber: 1e5)
    var zeroColumn = tall
    for i in 0..<20 { zeroColumn[i, 2] = 0 }
    for matrix in [tall, tall.transposed(), zeroColumn] {
      let objective = try LeastSquares(
        DenseLinearModel(matrix: matrix), targets: normalVector(matrix.rowCount, seed: 3))
      for optimizer in Self.optimizers {
        let optimizer = optimizer
        let result = try minimize(
          objective, from: [Double](repeating: 1, count: matrix.columnCount), using: optimizer,
          until: [.relativeGradientNorm(1e-12), .iterations(200)])
        #expect(result.isConverged, "\(optimizer.name), \(optimizer.details): \(result.reason)")
      }
    }
  }

  @Test("resolve directions of singular values of 1e-11 times the largest")
  func illConditioned() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 40, columns: 10, conditionNumber: 1e11)
    let solution: [Double] = normalVector(10, seed: 2)
    let model = DenseLinearModel(matrix: matrix)
    let targets: [Double] = filled(40) { model.evaluate(at: solution.span, into: &$0) }
    let result = try minimize(
      LeastSquares(model, targets: targets), from: Double.zeros(10), using: .spectralTrustRegion(),
      until: [.iterations(5)])
    // Noise of 1e-16 in the targets is 1e-5 in the solution. Normal equations end at 1e-8 of singular values.
    #expect(distance(result.parameters, solution) < 1e-3)
  }

  @Test("shorten steps that leave the domain of the model, by NaN")
  func nonFinite() throws {
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      // A full step from 1.5 leads to −1.69.
      let result = try minimize(
        LeastSquares(ArctangentModel(largest: 1.6), targets: [0]), from: [1.5], using: optimizer,
        until: [.iterations(50)])
      #expect(result.isConverged && abs(result.parameters[0]) < 1e-12, "\(optimizer.details)")
    }
  }

  @Test("fail where derivatives are wrong, as no descent, not as convergence")
  func wrongDerivatives() throws {
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      let result = try minimize(
        LeastSquares(WrongModel(), targets: [0]), from: [1], using: optimizer,
        until: [.iterations(50)])
      #expect(result.reason.status == .failed, "\(optimizer.details): \(result.reason)")
      #expect(result.reason.error?.kind == .noConvergence)
      #expect(result.parameters == [1])
    }
  }

  @Test("an error of the model ends the run with the best point")
  func throwing() throws {
    struct Failure: Error {}
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      let model = ResidualModel(parameterCount: 1, residualCount: 1) {
        if $0[0].value < 1 { throw Failure() }
        return [$0[0] * $0[0]]
      }
      let run = try Run(
        minimizing: try model.objective(), from: [3], using: optimizer, until: [.iterations(50)])
      #expect(throws: Failure.self) { while try run.advance() != nil {} }
      #expect(run.best.parameters[0] >= 1 && run.best.parameters[0] <= 3)
      #expect(run.reason?.status == .failed)
    }
  }

  @Test("scaled by column norms, do not depend on the units of the parameters")
  func units() throws {
    let wood = StandardProblem.wood
    // Powers of two, so that not even roundings differ much.
    let units = [1024.0, 0.125, 1, 4096]
    let scaled = ResidualModel(parameterCount: 4, residualCount: 6) { x in
      wood.function(zip(units, x).map { $0 * $1 })
    }
    for optimizer in [LevenbergMarquardt(), LevenbergMarquardt(dampingRule: .nielsen)] {
      let one = try solve(wood.model, from: wood.start, using: optimizer, iterations: 15)
      let other = try solve(
        scaled, from: zip(wood.start, units).map { $0 / $1 }, using: optimizer, iterations: 15)
      let back = zip(other.parameters, units).map { $0 * $1 }
      #expect(distance(one.parameters, back) < 1e-6 * norm(back))
    }
  }

  @Test("refuse options outside their domain")
  func badOptions() {
    for optimizer in [
      LevenbergMarquardt(initialFactor: 0), LevenbergMarquardt(accelerationLimit: 0.75),
      LevenbergMarquardt(scaling: .typicalSizes([1, 0])), TrustRegion(initialRadius: -1),
      SpectralTrustRegion(probes: StepProbes(dampingCount: 0, cutoffCount: 0)),
      SpectralTrustRegion(probes: StepProbes(smallestCutoff: 1)),
      SpectralTrustRegion(probes: StepProbes(selection: .gainRatio(1))),
    ] as [any Optimizer] {
      #expect(throws: OptimKitError.self) { try optimizer.validate() }
    }
    #expect(throws: OptimKitError.self) {
      try minimize(
        StandardProblem.rosenbrock.model.objective(), from: [1, 2],
        using: .levenbergMarquardt(scaling: .typicalSizes([1])))
    }
  }
}

/// exp θ, with a derivative of the wrong sign.
private struct WrongModel: ScalarModel {
  func valueAndDerivative(at x: Double) -> (Double, Double) { (exp(x), -exp(x)) }
}
