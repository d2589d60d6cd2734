import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct LinearModelTests {
  static let key = RandomKey(seed: 9, purpose: "linear models")

  @Test(arguments: LinearCase.all.filter { $0.samples < 100 }, scalarTypes)
  func modelsConform(example: LinearCase, type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) throws {
      let dense = try example.dense(type)
      let sparse = try example.sparse(type)
      let point: [Scalar] = Self.key.normalVector(dense.parameterCount)
      #expect(conformanceIssues(of: dense, at: point) == [])
      #expect(conformanceIssues(of: sparse, at: point) == [])
    }
    try check(type)
  }

  /// Outputs of standardized features are those of the coefficients on features as given.
  @Test(arguments: LinearCase.all)
  func coefficientsUndoStandardization(example: LinearCase) throws {
    func check<Features>(_ model: LinearModel<Features>) throws where Features.Scalar == Double {
      let parameters: [Double] = Self.key.normalVector(model.parameterCount)
      let coefficients = try model.coefficients(from: parameters)
      var outputs = [Double](repeating: .nan, count: model.outputCount)
      var span = outputs.mutableSpan
      model.evaluate(at: parameters.span, into: &span)
      let matrix: Matrix<Double> = example.matrix()
      for sample in [0, example.samples / 2, example.samples - 1] {
        for output in 0..<example.outputs {
          let expected = (0..<example.features).reduce(coefficients.intercepts[output]) {
            $0 + coefficients.weights[output, $1] * matrix[sample, $1]
          }
          #expect(abs(outputs[sample * example.outputs + output] - expected) <= 1e-11)
        }
      }
      #expect(errorKind { try model.coefficients(from: parameters + [1]) } == .dimensionMismatch)
    }
    try check(example.dense())
    try check(example.sparse())
  }

  @Test func standardizedColumnsHaveMeanZeroAndDeviationOne() throws {
    let example = LinearCase(samples: 50, features: 4, isStandardized: true)
    let model: LinearModel<DenseFeatures<Double>> = try example.dense()
    for feature in 0..<4 {
      let outputs: [Double] = filled(50) {
        model.evaluate(at: unitVector(feature, of: 5).span, into: &$0)
      }
      #expect(abs(outputs.reduce(0, +)) <= 1e-12)
      #expect(abs(outputs.reduce(0) { $0 + $1 * $1 } - 50) <= 1e-11)
    }
    let sparse: LinearModel<SparseFeatures<Double>> = try example.sparse()
    let scales = try #require(model.scaling).scales
    for (left, right) in zip(scales, try #require(sparse.scaling).scales) {
      #expect(abs(left - right) <= 1e-13 * left)
    }
    // A constant column is left alone.
    let constant = try LinearModel(
      features: Matrix<Double>(rowCount: 3, columnCount: 1, storage: [0.1, 0.1, 0.1]),
      isStandardized: true)
    #expect(constant.scaling?.scales == [1])
  }

  /// The normal matrix and its products, with blocks, against J and C written out.
  @Test(arguments: LinearCase.all.filter { $0.samples * $0.outputs > $0.features * $0.outputs + 1 })
  func normalMatricesFollowTheDefinition(example: LinearCase) throws {
    let dense: LinearModel<DenseFeatures<Double>> = try example.dense()
    let sparse: LinearModel<SparseFeatures<Double>> = try example.sparse()
    let outputs = dense.outputCount
    let order = example.outputs
    var elements: [Double] = Self.key.normalVector(outputs * order)
    for index in elements.indices { elements[index] *= 0.5 }
    let factor: CurvatureFactor<Double> =
      order > 1 ? .blocks(order: order, elements: elements) : .diagonal(elements.map { abs($0) })
    func normals(_ jacobian: any JacobianProvider<Double>) throws -> (Matrix<Double>, [Double]) {
      let system = DampedSystem(jacobian: jacobian, curvatureFactor: factor)
      #expect(!system.isDual)
      var normal = Matrix<Double>(rowCount: system.shortCount, columnCount: system.shortCount)
      try system.formNormalMatrix(into: &normal)
      let z: [Double] = Self.key.with(iteration: 1).normalVector(system.shortCount)
      return (normal, try filled(system.shortCount) { try system.applyNormal(z.span, into: &$0) })
    }
    let parameters = dense.initialParameters
    var values = [Double](repeating: 0, count: outputs)
    var span = values.mutableSpan
    let jacobian = dense.linearize(at: parameters.span, outputs: &span)
    let (matrix, product) = try normals(jacobian)
    // Rows written out, and nothing else of the provider.
    let rows = Matrix<Double>(rowCount: outputs, columnCount: dense.parameterCount)
    var copied = rows
    copied.withMutableElements { jacobian.copyRows(0..<outputs, into: &$0) }
    let (plainMatrix, plainProduct) = try normals(DenseJacobian(copied))
    let scale = norm(plainProduct)
    #expect(distance(product, plainProduct) <= 1e-13 * scale)
    for i in 0..<matrix.rowCount {
      for j in 0...i { #expect(abs(matrix[i, j] - plainMatrix[i, j]) <= 1e-12 * scale) }
    }
    // Sparse features are not shifted: another matrix, the same without standardisation.
    guard !example.isStandardized else { return }
    let (sparseMatrix, sparseProduct) = try normals(
      sparse.linearize(at: parameters.span, outputs: &span))
    #expect(distance(sparseProduct, plainProduct) <= 1e-13 * scale)
    for i in 0..<matrix.rowCount {
      for j in 0...i { #expect(abs(sparseMatrix[i, j] - plainMatrix[i, j]) <= 1e-12 * scale) }
    }
  }

  @Test(arguments: [1, 3])
  func interceptsAreLeftOutOfTheRidge(outputs: Int) throws {
    let model: LinearModel<DenseFeatures<Double>> = try LinearCase(
      samples: 7, features: 2, outputs: outputs
    ).dense()
    #expect(model.unregularizedParameters == (0..<outputs).map { 3 * $0 + 2 })
    let targets = [Double](repeating: 0.5, count: 7 * outputs)
    let ridged = try LeastSquares(model, targets: targets, ridge: 4)
    let plain = try LeastSquares(model, targets: targets)
    let point = (0..<3 * outputs).map { Double($0 + 1) }
    let weights = point.enumerated().filter { $0.offset % 3 != 2 }.map(\.element)
    let expected = 2 * weights.reduce(0) { $0 + $1 * $1 }
    #expect(
      abs(try ridged.value(at: point.span) - plain.value(at: point.span) - expected)
        <= 1e-12 * expected)
    func gradient(_ objective: LeastSquares<LinearModel<DenseFeatures<Double>>>) throws -> [Double]
    {
      let counted = CountedObjective<Double>(objective)
      return try filled(3 * outputs) {
        try counted.gradient(at: point.span, counted.linearize(at: point.span), into: &$0)
      }
    }
    for (index, pair) in zip(try gradient(ridged), try gradient(plain)).enumerated() {
      #expect(abs(pair.0 - pair.1 - (index % 3 == 2 ? 0 : 4 * point[index])) <= 1e-12 * abs(pair.1))
    }
  }

  @Test func restrictedKeepsTheFunction() throws {
    let model: LinearModel<SparseFeatures<Double>> = try LinearCase(
      samples: 9, features: 4, outputs: 2, isStandardized: true
    ).sparse()
    let point: [Double] = Self.key.normalVector(model.parameterCount)
    let all: [Double] = filled(18) { model.evaluate(at: point.span, into: &$0) }
    let part = try model.restricted(to: [7, 0])
    #expect(
      filled(4) { part.evaluate(at: point.span, into: &$0) } == [14, 15, 0, 1].map { all[$0] })
    #expect(errorKind { try model.restricted(to: [9]) } == .invalidArgument)
    #expect(errorKind { try model.restricted(to: []) } == .invalidArgument)
  }

  @Test func featuresThatAreNoneAreRefused() throws {
    #expect(
      errorKind {
        try LinearModel(
          features: Matrix<Double>(rowCount: 2, columnCount: 1, storage: [1, .nan]))
      } == .nonFiniteValue)
    #expect(
      errorKind { try LinearModel(features: Matrix<Double>(rowCount: 0, columnCount: 3)) }
        == .invalidArgument)
    #expect(
      errorKind {
        try LinearModel(features: Matrix<Double>(rowCount: 2, columnCount: 1), outputsPerSample: 0)
      } == .invalidArgument)
  }
}
