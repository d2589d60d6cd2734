import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// Data that no theorem is about: a fit ends, within its budget, with numbers and a warning, or with an error that says
/// what is wrong.
@Suite("Convex risks of degenerate data")
struct DegenerateRiskTests {
  static let key = RandomKey(seed: 33, purpose: "degenerate risks")

  static let optimizers: [any Optimizer] = [
    GaussNewton.newton(solver: CholeskySolver()), GaussNewton.newton(solver: AutomaticSolver()),
    GaussNewton.newton(solver: ConjugateGradientSolver()),
    GaussNewton.newton(solver: SketchedCGSolver(SparseSignSketcher())),
    GaussNewton.newton(solver: LSQRSolver()), LBFGS(),
  ]

  /// Losses of one output, with targets for samples of two classes.
  static func losses() throws -> [any Loss] {
    [
      SquaredLoss(), LogisticLoss(), PoissonLoss(), GammaLoss(), try HuberLoss(),
      try SmoothedHingeLoss(), try SmoothedQuantileLoss(bandwidth: 0.5),
    ]
  }

  /// Targets of a loss for two classes.
  func targets(_ classes: [Double], _ loss: any Loss) -> [Double] {
    loss is GammaLoss ? classes.map { 1 + $0 } : classes
  }

  /// Whether the runs of all optimizers end with finite numbers, or with a cause; results by optimizer.
  @discardableResult
  func fits<M: Model, L: Loss>(
    _ objective: EmpiricalRisk<M, L>, _ comment: String, iterations: Int = 60
  ) throws -> [OptimizationResult<M.Scalar>] {
    func fit(_ optimizer: some Optimizer) throws -> OptimizationResult<M.Scalar> {
      try minimize(
        objective, from: M.Scalar.zeros(objective.parameterCount), using: optimizer,
        until: [
          .relativeGradientNorm(1e-9) || .gradientNorm(1e-9), .iterations(iterations),
        ])
    }
    return try Self.optimizers.map { optimizer in
      let result = try fit(optimizer)
      let words = "\(comment), \(optimizer.details): \(result.summary.reason)"
      let isFinite = result.parameters.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(words)")
      #expect(result.summary.finalLoss.isFinite, "\(words)")
      #expect(result.summary.finalLoss <= result.summary.initialLoss * (1 + 1e-12), "\(words)")
      if let error = result.summary.reason.error {
        #expect(!error.cause.isEmpty && !error.remedy.isEmpty, "\(words)")
      }
      return result
    }
  }

  func certificate<M: Model, L: Loss>(
    _ objective: EmpiricalRisk<M, L>, _ result: OptimizationResult<M.Scalar>
  ) throws -> ConvexCertificate {
    let certificate = try ConvexCertificate(
      of: objective, at: result.parameters, using: .automatic)
    for number in [certificate.value, certificate.gradientNorm, certificate.smoothness] {
      #expect(number.isFinite, "\(certificate)")
    }
    return certificate
  }

  func model(
    _ columns: [[Double]], outputs: Int = 1, hasIntercept: Bool = true, isStandardized: Bool = false
  ) throws -> LinearModel<DenseFeatures<Double>> {
    let count = columns[0].count
    return try LinearModel(
      features: Matrix(
        rowCount: count, columnCount: columns.count,
        storage: (0..<count).flatMap { row in columns.map { $0[row] } }),
      outputsPerSample: outputs, hasIntercept: hasIntercept, isStandardized: isStandardized)
  }

  /// 40 samples of noise, and classes that depend on it, not separable.
  var noise: [[Double]] {
    (0..<3).map { Self.key.with(iteration: $0).normalVector(40) }
  }
  var classes: [Double] {
    let (first, other) = (noise[0], noise[2])
    return (0..<40).map { first[$0] + 2 * other[39 - $0] > 0.2 ? 1 : 0 }
  }

  @Test("Separable classes without a ridge end, and a warning says that there is no minimum")
  func separable() throws {
    let x = noise[0].map { $0 + ($0 > 0 ? 0.1 : -0.1) }
    let classes = x.map { $0 > 0 ? 1.0 : 0 }
    let logistic = try EmpiricalRisk(model: model([x]), loss: LogisticLoss(), targets: classes)
    let softmax = try EmpiricalRisk(
      model: model([x], outputs: 2), loss: SoftmaxLoss(), targets: classes.flatMap { [1 - $0, $0] })
    let results = try fits(logistic, "logistic")
    for result in results {
      #expect(result.summary.relativeLoss < 1e-2)
      #expect(try !certificate(logistic, result).warnings.isEmpty, "\(result.summary)")
    }
    for result in try fits(softmax, "softmax") {
      // Outputs of softmax are known up to a constant, for which Cholesky without a ridge gives up.
      #expect(
        result.summary.relativeLoss < 1e-2
          || result.summary.reason.error?.kind == .singularSystem, "\(result.summary)")
      #expect(try !certificate(softmax, result).warnings.isEmpty)
    }
    let hinge = try EmpiricalRisk(
      model: model([x]), loss: SmoothedHingeLoss(), targets: classes)
    for result in try fits(hinge, "hinge") { #expect(result.summary.finalLoss < 1e-3) }
  }

  @Test(
    "Targets of one class alone: the intercept runs away without a ridge on it, and all else is found"
  )
  func oneClass() throws {
    for target in [0.0, 1] {
      let targets = [Double](repeating: target, count: 40)
      let free = try EmpiricalRisk(
        model: model(noise), loss: LogisticLoss(), targets: targets, ridge: 1)
      for result in try fits(free, "class \(target), intercept") {
        #expect(result.summary.relativeLoss < 1e-3)
        #expect(try !certificate(free, result).warnings.isEmpty, "\(result.summary)")
      }
      let held = try EmpiricalRisk(
        model: model(noise, hasIntercept: false), loss: LogisticLoss(), targets: targets, ridge: 1)
      for result in try fits(held, "class \(target)") {
        #expect(result.isConverged, "\(result.summary)")
      }
    }
    // No counts at all: means tend to 0.
    let none = try EmpiricalRisk(
      model: model(noise), loss: PoissonLoss(), targets: Double.zeros(40), ridge: 1)
    for result in try fits(none, "no counts") { #expect(result.summary.relativeLoss < 1e-3) }
  }

  @Test("Constant columns: with a ridge every loss converges; without, a warning names them")
  func constantColumns() throws {
    let columns = [noise[0], [Double](repeating: 3, count: 40), Double.zeros(40)]
    for isStandardized in [false, true] {
      for loss in try Self.losses() { try check(loss, isStandardized) }
    }
    func check(_ loss: some Loss, _ isStandardized: Bool) throws {
      let model = try model(columns, isStandardized: isStandardized)
      let targets = targets(classes, loss)
      let ridged = try EmpiricalRisk(model: model, loss: loss, targets: targets, ridge: 0.1)
      for result in try fits(ridged, "\(loss), ridge") where !(loss is SmoothedHingeLoss) {
        #expect(result.isConverged, "\(loss): \(result.summary)")
      }
      let plain = try EmpiricalRisk(model: model, loss: loss, targets: targets)
      let results = try fits(plain, "\(loss)")
      // The automatic solver goes on where the normal matrix is singular.
      #expect(results[1].isConverged || loss is SmoothedHingeLoss, "\(loss): \(results[1].summary)")
      let warnings = try certificate(plain, results[1]).warnings
      #expect(
        warnings.contains { $0.contains("constant and duplicate columns") }, "\(loss): \(warnings)")
    }
  }

  @Test("Duplicate columns: the same fit as with one of them")
  func duplicateColumns() throws {
    let single = try EmpiricalRisk(
      model: model(noise), loss: LogisticLoss(), targets: classes)
    let double = try EmpiricalRisk(
      model: model(noise + [noise[0], noise[1].map { 2 * $0 }]), loss: LogisticLoss(),
      targets: classes)
    let expected = try fits(single, "single")[0]
    #expect(expected.isConverged)
    for (optimizer, result) in zip(Self.optimizers, try fits(double, "duplicates")) {
      // Cholesky has to give up.
      guard result.isConverged else {
        #expect(
          result.summary.reason.error?.kind == .singularSystem,
          "\(optimizer.details): \(result.summary)")
        continue
      }
      #expect(
        abs(result.summary.finalLoss - expected.summary.finalLoss)
          <= 1e-9 * expected.summary.finalLoss, "\(optimizer.details)")
      let words = try certificate(double, result).warnings
      #expect(words.contains { $0.contains("duplicate columns") }, "\(words)")
    }
    let ridged = try EmpiricalRisk(
      model: model(noise + [noise[0]]), loss: LogisticLoss(), targets: classes, ridge: 1e-3)
    for result in try fits(ridged, "duplicates, ridge") {
      #expect(result.isConverged, "\(result.summary)")
      // By symmetry both get the same.
      #expect(abs(result.parameters[0] - result.parameters[3]) <= 1e-5)
    }
  }

  @Test("Fewer samples than features, and one of each")
  func tinyShapes() throws {
    for (samples, features) in [(3, 8), (1, 1), (1, 4), (40, 1), (2, 2)] {
      let columns: [[Double]] = (0..<features).map {
        Self.key.with(iteration: $0 + 10).normalVector(samples)
      }
      let classes = (0..<samples).map { Double($0 % 2) }
      for loss in try Self.losses() {
        for hasIntercept in [false, true] {
          try check(loss, columns, classes, hasIntercept)
        }
      }
    }
    func check(
      _ loss: some Loss, _ columns: [[Double]], _ classes: [Double], _ hasIntercept: Bool
    ) throws {
      let model = try model(columns, hasIntercept: hasIntercept)
      let targets = targets(classes, loss)
      let shape = "\(loss), \(classes.count) × \(columns.count), intercept \(hasIntercept)"
      try fits(EmpiricalRisk(model: model, loss: loss, targets: targets), shape)
      let ridged = try EmpiricalRisk(model: model, loss: loss, targets: targets, ridge: 0.5)
      let results = try fits(ridged, shape + ", ridge")
      // One sample has one class, and an intercept of its own runs away.
      guard classes.count > 1 || !hasIntercept || loss is SquaredLoss else { return }
      for result in results where !(loss is SmoothedHingeLoss) {
        #expect(result.isConverged, "\(shape): \(result.summary)")
      }
    }
  }

  @Test("Empty rows and columns of sparse features: the fit of the dense ones")
  func emptyRows() throws {
    var matrix: Matrix<Double> = Self.key.normalMatrix(40, 6)
    for i in 0..<40 {
      for j in 0..<6 where i % 3 == 0 || j == 2 || (i + j) % 4 == 0 { matrix[i, j] = 0 }
    }
    for hasIntercept in [false, true] {
      let dense = try EmpiricalRisk(
        model: LinearModel(features: matrix, hasIntercept: hasIntercept), loss: LogisticLoss(),
        targets: classes, ridge: 0.1)
      let sparse = try EmpiricalRisk(
        model: LinearModel(features: SparseMatrix(matrix), hasIntercept: hasIntercept),
        loss: LogisticLoss(), targets: classes, ridge: 0.1)
      let expected = try fits(dense, "dense")
      for (left, right) in zip(try fits(sparse, "sparse"), expected) {
        #expect(left.isConverged && right.isConverged, "\(left.summary)")
        #expect(distance(left.parameters, right.parameters) <= 1e-6 * norm(right.parameters))
        #expect(left.parameters[2] == 0)
      }
    }
    let nothing = try SparseMatrix<Double>(rowCount: 40, columnCount: 3, triplets: [])
    let objective = try EmpiricalRisk(
      model: LinearModel(features: nothing), loss: LogisticLoss(), targets: classes, ridge: 1)
    let mean = classes.reduce(0) { $0 + $1 } / 40
    for result in try fits(objective, "no elements") {
      #expect(result.isConverged, "\(result.summary)")
      #expect(abs(result.parameters[3] - log(mean / (1 - mean))) <= 1e-6)
      #expect(result.parameters[..<3].allSatisfy { $0 == 0 })
    }
  }

  @Test("Columns whose scales are far apart: a result, or an error, without a NaN")
  func extremeScales() throws {
    for exponents in [[0.0, -150, 0], [0, 150, 0], [8, -8, 0]] {
      let columns = zip(noise, exponents).map { column, exponent in
        column.map { $0 * pow(10, exponent) }
      }
      for isStandardized in [false, true] {
        let objective = try EmpiricalRisk(
          model: model(columns, isStandardized: isStandardized), loss: LogisticLoss(),
          targets: classes, ridge: 1e-3)
        let results = try fits(objective, "scales \(exponents)")
        if isStandardized {
          for result in results { #expect(result.isConverged, "\(exponents): \(result.summary)") }
        }
      }
    }
  }

  @Test("Numbers outside their domain are refused before any work")
  func refusals() throws {
    let model = try model(noise)
    func refusal(
      _ loss: some Loss, _ target: Double, weights: [Double]? = nil, ridge: Double = 0
    ) -> OptimKitError? {
      var targets = self.targets(classes, loss)
      targets[7] = target
      return errorOf {
        try EmpiricalRisk(
          model: model, loss: loss, targets: targets, weights: weights, ridge: ridge)
      }
    }
    for loss in try Self.losses() {
      for target in [Double.nan, .infinity, -.infinity] {
        let error = refusal(loss, target)
        #expect(error?.kind == .nonFiniteValue, "\(loss), \(target)")
        #expect(error?.cause.contains("target 7") == true, "\(loss), \(target)")
      }
    }
    let refused: [(any Loss, Double)] = [
      (LogisticLoss(), -1), (LogisticLoss(), 2), (try SmoothedHingeLoss(), 0.5),
      (PoissonLoss(), -1), (GammaLoss(), 0), (GammaLoss(), -2),
    ]
    for (loss, target) in refused {
      let error = refusal(loss, target)
      #expect(error?.kind == .invalidArgument, "\(loss), \(target)")
      #expect(error?.cause.contains("target 7") == true, "\(loss), \(target)")
    }
    var weights = [Double](repeating: 1, count: 40)
    weights[3] = -1
    #expect(refusal(LogisticLoss(), 1, weights: weights)?.kind == .invalidArgument)
    #expect(refusal(LogisticLoss(), 1, weights: Double.zeros(40))?.kind == .invalidArgument)
    #expect(refusal(LogisticLoss(), 1, ridge: -1)?.kind == .invalidArgument)
    #expect(refusal(LogisticLoss(), 1, ridge: .nan)?.kind == .invalidArgument)
    for value in [Double.nan, .infinity] {
      var columns = noise
      columns[1][5] = value
      let error = errorOf { try self.model(columns) }
      #expect(error?.kind == .nonFiniteValue)
      #expect(
        error?.cause.contains("feature 1 of sample 5") == true, "\(String(describing: error))")
    }
  }

  private func errorOf(_ body: () throws -> some Any) -> OptimKitError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? OptimKitError
    }
  }
}
