import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Fits with robust losses")
struct RobustFitTests {
  private struct Reference: Sendable {
    let name: String
    let loss: @Sendable (RobustCurvature) throws -> any RobustLoss
    let curve: [Double]
    let curveObjective: Double
    let circle: [Double]
    let circleObjective: Double
  }

  /// By scripts/reference-robust-fits.py, with SciPy 1.17.1.
  private static let references = [
    Reference(
      name: "soft-L1", loss: { try SoftL1Loss(scale: 0.15, curvature: $0) },
      curve: [3.01814767043445, 0.7968113335202371, 0.5183941332930377],
      curveObjective: 0.5889201161360421,
      circle: [1.0325003552351089, -0.9859650728334537, 2.004898955157808],
      circleObjective: 0.6042878011054527),
    Reference(
      name: "Huber", loss: { _ in try HuberLoss(threshold: 0.15) },
      curve: [3.019515791028291, 0.7987140676253176, 0.5177360834894746],
      curveObjective: 0.61965327932044,
      circle: [1.0295002076012953, -0.9873862653179941, 2.004861665388762],
      circleObjective: 0.6449173208393668),
    Reference(
      name: "Cauchy", loss: { try CauchyLoss(scale: 0.15, curvature: $0) },
      curve: [3.021290870132568, 0.8159430612129065, 0.5107052409154296],
      curveObjective: 0.16334602548594787,
      circle: [1.0072607173938086, -0.9986889249144925, 2.0058055000421855],
      circleObjective: 0.2036024003852322),
    Reference(
      name: "Geman-McClure", loss: { try GemanMcClureLoss(scale: 0.15, curvature: $0) },
      curve: [3.0203727397414757, 0.8191627203918959, 0.5105928530637079],
      curveObjective: 0.044134624076678924,
      circle: [1.003465057980612, -1.0008706839960229, 2.0068188087602805],
      circleObjective: 0.06449738756088312),
    Reference(
      name: "Tukey", loss: { try TukeyLoss(scale: 0.5, curvature: $0) },
      curve: [3.0209447794043838, 0.8185569419785603, 0.5100136111011726],
      curveObjective: 0.13653152529648868,
      circle: [1.0027158466085784, -1.0007346191380124, 2.005362246169445],
      circleObjective: 0.18943789919599724),
  ]

  private static let optimizers: [any Optimizer] = [
    LevenbergMarquardt(), LevenbergMarquardt(dampingRule: .nielsen), TrustRegion(),
    SpectralTrustRegion(), SteihaugTrustRegion(preconditioning: IdentityPreconditioning()),
    InexactLevenbergMarquardt(solver: CholeskySolver()),
  ]

  /// 3 e^(−0.8t) + ½ with outliers in every seventh sample.
  private static let curve = ResidualModel(parameterCount: 3, residualCount: 24) { p in
    (0..<24).map { (i: Int) -> Dual in
      let t = Double(i) / 4
      let outlier = i % 7 == 3 ? 1 + Double(i) / 24 : 0
      let y = 3 * exp(-0.8 * t) + 0.5 + 0.05 * sin(Double(7 * i)) + outlier
      return p[0] * exp(-t * p[1]) + p[2] - y
    }
  }

  /// A circle around (1, −1) of radius 2, with outliers in every sixth point.
  private static let circle = SampleModel(
    sampleCount: 24, outputsPerSample: 2, parameterCount: 3
  ) { (i: Int, p: [Dual]) -> [Dual] in
    let angle = 2 * Double.pi * Double(i) / 24
    let x: Double = 1 + 2 * cos(angle) + 0.05 * sin(Double(7 * i)) + (i % 6 == 2 ? 1 : 0)
    let y: Double = -1 + 2 * sin(angle) + 0.05 * cos(Double(5 * i)) + (i % 6 == 2 ? 0.5 : 0)
    return [p[0] + cos(angle) * p[2] - x, p[1] + sin(angle) * p[2] - y]
  }

  private func check<L: Loss>(
    _ loss: L, on model: some Model<Double>, from start: [Double], expected: [Double],
    objective: Double,
    isReweighted: Bool, _ place: String
  ) throws {
    let risk = try EmpiricalRisk(
      model: model, loss: loss, targets: Double.zeros(model.outputCount))
    for optimizer in Self.optimizers {
      let optimizer = optimizer
      let result = try minimize(
        risk, from: start, using: optimizer,
        until: [.relativeGradientNorm(1e-12), .iterations(500)])
      let place = "\(place), \(optimizer.name), \(optimizer.details): \(result.reason)"
      #expect(result.isConverged, "\(place)")
      #expect(distance(result.parameters, expected) < 1e-8, "\(result.parameters), \(place)")
      #expect(abs(result.summary.finalLoss / objective - 1) < 1e-9, "\(place)")
      if !isReweighted { #expect(result.summary.iterations < 60, "\(place)") }
    }
  }

  @Test("agree with SciPy on a curve with outliers")
  func curves() throws {
    for reference in Self.references {
      for kind in [RobustCurvature.secondOrder, .reweighted] {
        try check(
          reference.loss(kind), on: Self.curve, from: [2.9, 0.85, 0.55], expected: reference.curve,
          objective: reference.curveObjective, isReweighted: kind == .reweighted,
          "\(reference.name), \(kind)")
      }
    }
  }

  @Test("agree with SciPy on the norms of a circle's residuals")
  func circles() throws {
    for reference in Self.references {
      for kind in [RobustCurvature.secondOrder, .reweighted] {
        func checkNorm(_ loss: some RobustLoss) throws {
          try check(
            SampleNormLoss(loss), on: Self.circle, from: [0.8, -0.8, 1.8],
            expected: reference.circle, objective: reference.circleObjective,
            isReweighted: kind == .reweighted, "\(reference.name), \(kind)")
        }
        try checkNorm(reference.loss(kind))
      }
    }
  }

  @Test("with second-order curvature take fewer steps near the minimum than with weights")
  func speed() throws {
    func iterations(_ curvature: RobustCurvature) throws -> Int {
      let risk = try EmpiricalRisk(
        model: Self.curve, loss: CauchyLoss(scale: 0.15, curvature: curvature),
        targets: Double.zeros(24))
      return try minimize(
        risk, from: [3.02, 0.815, 0.511], using: .levenbergMarquardt(),
        until: [.relativeGradientNorm(1e-8), .iterations(500)]
      ).summary.iterations
    }
    let (second, weights) = (try iterations(.secondOrder), try iterations(.reweighted))
    #expect(second < weights, "\(second), \(weights)")
  }

  @Test("that are not convex are refused where convexity is needed")
  func convexity() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 20, columns: 3, conditionNumber: 3)
    func risk<L: Loss>(_ loss: L) throws -> EmpiricalRisk<DenseLinearModel, L> {
      try EmpiricalRisk(
        model: DenseLinearModel(matrix: matrix), loss: loss, targets: normalVector(20, seed: 1))
    }
    let start = [1.0, 1, 1]
    let cauchy = try risk(CauchyLoss())
    let bounded = try cauchy.bounded(by: ParameterBounds(fixing: [], at: start))
    for error in [
      #expect(throws: OptimKitError.self) { try minimize(cauchy, from: start, using: .nesterov()) },
      #expect(throws: OptimKitError.self) {
        try ConvexCertificate(of: cauchy, at: start, using: CholeskySolver())
      },
      #expect(throws: OptimKitError.self) {
        try ConvexCertificate(of: bounded, at: start, using: CholeskySolver())
      },
    ] {
      #expect(error?.kind == .invalidArgument && error?.cause.contains("not convex") == true)
    }
    let soft = try risk(SoftL1Loss())
    #expect(try minimize(soft, from: start, using: .nesterov()).summary.finalLoss > 0)
    _ = try ConvexCertificate(of: soft, at: start, using: CholeskySolver())
  }
}
