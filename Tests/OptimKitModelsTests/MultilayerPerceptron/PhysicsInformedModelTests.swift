import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite struct PhysicsInformedModelTests {
  static let key = RandomKey(seed: 4, purpose: "physics-informed models")

  /// Architectures of several depths, activations and dimensions.
  static let networks: [(inputs: Int, widths: [Int], outputs: Int, activations: [Activation])] = [
    (2, [5], 1, [.tanh]), (1, [4], 1, [.sine(frequency: 2)]),
    (3, [4, 5], 2, [.gelu, .tanh]), (2, [3, 4, 3], 1, [.tanh, .sine(frequency: 1.5), .gelu]),
  ]

  private func model<Scalar: RealScalar>(
    _ number: Int, _: Scalar.Type = Scalar.self
  ) throws -> PhysicsInformedModel<Scalar> {
    let shape = Self.networks[number]
    let network = try NetworkArchitecture(
      inputCount: shape.inputs, hiddenWidths: shape.widths, outputCount: shape.outputs,
      activations: shape.activations)
    let slopes = (0..<shape.inputs).map { 1 - Double($0) / 2 }
    let operators: [LinearDifferentialOperator] = [
      .negativeLaplacian, .identity,
      LinearDifferentialOperator(value: 0.5, gradient: slopes, laplacian: 2),
      .derivative(shape.inputs - 1, dimension: shape.inputs),
    ]
    return try PhysicsInformedModel(
      network: network,
      conditions: operators.enumerated().map { index, each in
        .init(
          each, at: Self.key.with(iteration: index).normalMatrix(9 - 3 * index / 2, shape.inputs))
      })
  }

  private func point<Scalar: RealScalar>(_ count: Int, _: Scalar.Type = Scalar.self) -> [Scalar] {
    let vector: [Scalar] = Self.key.with(iteration: 99).normalVector(count)
    return vector.map { $0 / 2 }
  }

  @Test(arguments: networks.indices, scalarTypes)
  func modelsConform(number: Int, type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) throws {
      let model = try model(number, type)
      let point = point(model.parameterCount, type)
      #expect(conformanceIssues(of: model, at: point) == [])
    }
    try check(type)
  }

  /// Outputs against differences of the network's values.
  @Test(arguments: networks.indices)
  func operatorsAreThoseOfTheFunction(number: Int) throws {
    let model = try model(number, Double.self)
    let network = model.network
    let parameters = point(model.parameterCount, Double.self)
    let outputs: [Double] = filled(model.outputCount) {
      model.evaluate(at: parameters.span, into: &$0)
    }
    func values(_ x: [Double]) throws -> [Double] {
      Array(
        try network.outputs(
          at: Matrix(rowCount: 1, columnCount: x.count, storage: x), parameters: parameters
        ).row(0))
    }
    let h = 1e-4
    var place = 0
    for condition in model.conditions {
      let each = condition.operator
      for row in 0..<condition.points.rowCount {
        let x = Array(condition.points.row(row))
        let center = try values(x)
        var expected = center.map { each.value * $0 }
        for axis in x.indices {
          var (right, left) = (x, x)
          right[axis] += h
          left[axis] -= h
          let (above, below) = (try values(right), try values(left))
          for output in expected.indices {
            let slope = (above[output] - below[output]) / (2 * h)
            let bend = (above[output] - 2 * center[output] + below[output]) / (h * h)
            expected[output] +=
              (each.gradient.isEmpty ? 0 : each.gradient[axis] * slope) + each.laplacian * bend
          }
        }
        for value in expected {
          #expect(abs(outputs[place] - value) < 2e-6 * (1 + abs(value)))
          place += 1
        }
      }
    }
    #expect(place == model.outputCount)
  }

  /// Points beyond a block of them, in values, products and rows of the Jacobian.
  @Test func pointsAreApartWhateverTheirBlocks() throws {
    let network = try NetworkArchitecture(
      inputCount: 2, hiddenWidths: [60, 50], outputCount: 2, activations: [.tanh, .gelu])
    let points: Matrix<Double> = Self.key.normalMatrix(150, 2)
    let bend = LinearDifferentialOperator(value: 0.5, gradient: [1, -2], laplacian: 2)
    func model(_ rows: [Int]) throws -> PhysicsInformedModel<Double> {
      try PhysicsInformedModel(
        network: network,
        conditions: [bend, .identity].map { .init($0, at: points.selectingRows(rows)) })
    }
    let all = try model(Array(0..<150))
    let point = point(all.parameterCount, Double.self).map { $0 / 4 }
    #expect(conformanceIssues(of: all, at: point) == [])
    let outputs: [Double] = filled(600) { all.evaluate(at: point.span, into: &$0) }
    for row in [0, 37, 149] {
      let alone: [Double] = try filled(4) { try model([row]).evaluate(at: point.span, into: &$0) }
      let expected = Array(outputs[2 * row..<2 * row + 2] + outputs[300 + 2 * row..<302 + 2 * row])
      #expect(distance(alone, expected) <= 1e-12 * norm(expected))
    }
  }

  /// v tanh(w·x + b) + c, whose Laplacian is v |w|² tanh″.
  @Test func laplacianOfOneNeuron() throws {
    let network = try NetworkArchitecture(inputCount: 2, hiddenWidths: [1])
    let points = try Matrix(rowCount: 2, columnCount: 2, storage: [0.3, -0.7, 1.1, 0.2])
    let parameters = [0.8, -1.2, 0.3, 1.7, 9]
    let outputs = try network.outputs(
      at: points, parameters: parameters, operator: .laplacian)
    for row in 0..<2 {
      let t = Foundation.tanh(0.8 * points[row, 0] - 1.2 * points[row, 1] + 0.3)
      let expected = 1.7 * (0.64 + 1.44) * -2 * t * (1 - t * t)
      #expect(abs(outputs[row, 0] - expected) <= 1e-14)
    }
  }

  /// −u″ = π² sin πx on an interval, by Gauss-Newton steps with truncated eigenvalues.
  @Test func aBoundaryValueProblemIsSolved() throws {
    let count = 40
    let interior = try Matrix(
      rowCount: count, columnCount: 1, storage: (0..<count).map { (Double($0) + 0.5) / 40 })
    let boundary = try Matrix(rowCount: 2, columnCount: 1, storage: [0.0, 1])
    let model = try PhysicsInformedModel(
      network: NetworkArchitecture(inputCount: 1, hiddenWidths: [12]),
      conditions: [.init(.negativeLaplacian, at: interior), .init(.identity, at: boundary)])
    let targets = (0..<count).map { .pi * .pi * sin(.pi * interior[$0, 0]) } + [0, 0]
    let objective = try LeastSquares(
      model, targets: targets, weights: model.meanWeights([1, 10]))
    let start = try model.initialParameters(seed: 1)
    let result = try minimize(
      objective, from: start,
      using: .gaussNewton(
        solver: SpectralSolver(relativeCutoff: 1e-12), stepControl: .backtracking),
      until: [.relativeLoss(1e-14), .iterations(60)])
    let points = try Matrix(
      rowCount: 101, columnCount: 1, storage: (0...100).map { Double($0) / 100 })
    let solution = try model.network.outputs(at: points, parameters: result.parameters)
    let worst = (0...100).reduce(0.0) {
      max($0, abs(solution[$1, 0] - sin(.pi * points[$1, 0])))
    }
    #expect(worst < 1e-4)
  }

  @Test func conditionsThatAreNoneAreRefused() throws {
    let network = try NetworkArchitecture(inputCount: 2, hiddenWidths: [3])
    let points = Matrix<Double>(rowCount: 2, columnCount: 2)
    typealias Physics = PhysicsInformedModel<Double>
    #expect(
      errorKind { try Physics(network: network, conditions: []) } == .invalidArgument)
    #expect(
      errorKind {
        try Physics(
          network: network,
          conditions: [.init(.laplacian, at: Matrix(rowCount: 2, columnCount: 3))])
      } == .dimensionMismatch)
    #expect(
      errorKind {
        try Physics(
          network: network, conditions: [.init(.derivative(0, dimension: 3), at: points)])
      } == .dimensionMismatch)
    #expect(
      errorKind {
        try Physics(
          network: network,
          conditions: [.init(LinearDifferentialOperator(value: .nan), at: points)])
      } == .nonFiniteValue)
    let flat = try NetworkArchitecture(inputCount: 2, hiddenWidths: [3], activation: .relu)
    #expect(
      errorKind { try Physics(network: flat, conditions: [.init(.laplacian, at: points)]) }
        == .invalidArgument)
    let model = try Physics(network: network, conditions: [.init(.laplacian, at: points)])
    #expect(errorKind { try model.meanWeights([1, 1]) } == .dimensionMismatch)
    #expect(try model.meanWeights([3]) == [1.5, 1.5])
    // All points are one.
    #expect(errorKind { try model.initialParameters() } == .invalidArgument)
  }
}
