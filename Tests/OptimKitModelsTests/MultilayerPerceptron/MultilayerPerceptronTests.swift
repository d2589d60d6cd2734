import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct MultilayerPerceptronTests {
  @Test(arguments: PerceptronCase.smooth, scalarTypes)
  func modelsConform(example: PerceptronCase, type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_ type: Scalar.Type) throws {
      let model = try example.model(type)
      #expect(conformanceIssues(of: model, at: try example.point(type)) == [])
    }
    try check(type)
  }

  /// Where no weighted sum is near its kink.
  @Test func rectifiersConform() throws {
    let example = PerceptronCase(
      samples: 10, features: 3, widths: [6, 5], outputs: 2, activations: [.relu, .relu])
    let model = try example.model(Double.self)
    #expect(conformanceIssues(of: model, at: try example.point(Double.self)) == [])
  }

  /// One neuron at a time, as the layout of the parameters says.
  @Test(arguments: PerceptronCase.smooth)
  func outputsFollowTheDefinition(example: PerceptronCase) throws {
    let model = try example.model(Double.self)
    let parameters = try example.point(Double.self)
    let outputs: [Double] = filled(model.outputCount) {
      model.evaluate(at: parameters.span, into: &$0)
    }
    let matrix = example.matrix(Double.self)
    for sample in [0, example.samples - 1] {
      var values = Array(matrix.row(sample))
      var place = 0
      for (number, width) in (example.widths + [example.outputs]).enumerated() {
        values = (0..<width).map { _ in
          var sum = 0.0
          for value in values + [1] {
            sum += parameters[place] * value
            place += 1
          }
          guard number < example.activations.count else { return sum }
          switch example.activations[number] {
          case .relu: return max(sum, 0)
          case .tanh: return Foundation.tanh(sum)
          case .sine(let frequency): return sin(frequency * sum)
          case .gelu:
            let inner = (2 / Double.pi).squareRoot() * (sum + 0.044715 * sum * sum * sum)
            return sum / 2 * (1 + Foundation.tanh(inner))
          }
        }
      }
      #expect(place == model.parameterCount)
      for output in 0..<example.outputs {
        #expect(abs(outputs[sample * example.outputs + output] - values[output]) <= 1e-13)
      }
    }
    let predicted = try model.predictions(for: matrix, parameters: parameters)
    #expect(predicted.storage == outputs)
  }

  @Test func restrictionKeepsTheFunction() throws {
    let example = PerceptronCase.smooth[1]
    let model = try example.model(Double.self)
    let point = try example.point(Double.self)
    let all: [Double] = filled(model.outputCount) { model.evaluate(at: point.span, into: &$0) }
    let part = try model.restricted(to: [7, 0])
    let outputs: [Double] = filled(6) { part.evaluate(at: point.span, into: &$0) }
    let expected = Array(all[21..<24]) + Array(all[0..<3])
    #expect(distance(outputs, expected) <= 1e-15 * norm(expected))
    #expect(errorKind { try model.restricted(to: [9]) } == .invalidArgument)
    #expect(errorKind { try model.restricted(to: []) } == .invalidArgument)
  }

  /// Variances of weights, bounds and biases of each scheme; other seeds, other numbers.
  @Test func initialParametersSuitTheActivations() throws {
    let architecture = try NetworkArchitecture(
      inputCount: 50, hiddenWidths: [60, 70, 80],
      activations: [.sine(frequency: 10), .relu, .tanh])
    let parameters: [Double] = architecture.initialParameters(seed: 1)
    #expect(parameters == architecture.initialParameters(seed: 1))
    #expect(parameters != architecture.initialParameters(seed: 2))
    var start = 0
    var inputs = 50
    for (number, width) in [60, 70, 80, 1].enumerated() {
      let layer = parameters[start..<start + width * (inputs + 1)]
      let weights = layer.enumerated().filter { $0.offset % (inputs + 1) != inputs }.map(\.element)
      let biases = layer.enumerated().filter { $0.offset % (inputs + 1) == inputs }.map(\.element)
      let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
      let expected = [
        1 / 7500.0, 2.0 / 60, 2.0 / Double(70 + 80), 2 / Double(80 + 1),
      ][number]
      #expect(abs(variance / expected - 1) < 0.3, "layer \(number)")
      #expect(biases.allSatisfy { number == 0 ? $0 != 0 && abs($0) < 0.1415 : $0 == 0 })
      start += width * (inputs + 1)
      inputs = width
    }
    #expect(start == architecture.parameterCount)
    #expect(
      architecture.biases.count == 60 + 70 + 80 + 1
        && architecture.biases.last == architecture.parameterCount - 1)
  }

  /// Each neuron of the first layer bends inside of the box.
  @Test func neuronsBendInTheBox() throws {
    let architecture = try NetworkArchitecture(inputCount: 2, hiddenWidths: [40])
    let parameters = try architecture.initialParameters(
      bendingBetween: [1.0, -5], and: [2, 5], seed: 3)
    for neuron in 0..<40 {
      let (a, b, c) = (
        parameters[3 * neuron], parameters[3 * neuron + 1], parameters[3 * neuron + 2]
      )
      let corners = [(1.0, -5.0), (1, 5), (2, -5), (2, 5)].map { a * $0.0 + b * $0.1 + c }
      #expect(corners.min()! <= 0 && corners.max()! >= 0)
    }
    #expect(
      errorKind {
        try architecture.initialParameters(bendingBetween: [1.0, 0], and: [1.0, 1])
      } == .invalidArgument)
  }

  @Test func networksThatAreNoneAreRefused() throws {
    #expect(
      errorKind { try NetworkArchitecture(inputCount: 0, hiddenWidths: [3]) } == .invalidArgument)
    #expect(
      errorKind { try NetworkArchitecture(inputCount: 1 << 20, hiddenWidths: [1 << 20]) }
        == .invalidArgument)
    #expect(
      errorKind {
        try NetworkArchitecture(inputCount: 1, hiddenWidths: [3, 4], activations: [.tanh])
      }
        == .dimensionMismatch)
    #expect(
      errorKind {
        try NetworkArchitecture(
          inputCount: 1, hiddenWidths: [3], activation: .sine(frequency: .nan))
      } == .invalidArgument)
    let features = try Matrix(rowCount: 2, columnCount: 1, storage: [1, Double.nan])
    #expect(
      errorKind { try MultilayerPerceptron(features: features, hiddenWidths: [2]) }
        == .nonFiniteValue)
    #expect(
      errorKind {
        try MultilayerPerceptron(
          features: Matrix<Double>(rowCount: 0, columnCount: 1), hiddenWidths: [2])
      } == .invalidArgument)
    let model = try PerceptronCase.smooth[0].model(Double.self)
    #expect(
      errorKind {
        try model.predictions(for: Matrix(rowCount: 1, columnCount: 2), parameters: [1])
      } == .dimensionMismatch)
    #expect(
      errorKind {
        try model.predictions(for: Matrix(rowCount: 1, columnCount: 3), parameters: [1])
      } == .dimensionMismatch)
  }

  @Test func architecturesAreCodable() throws {
    let architecture = try PerceptronCase.smooth[2].architecture()
    let data = try JSONEncoder().encode(architecture)
    #expect(try JSONDecoder().decode(NetworkArchitecture.self, from: data) == architecture)
    let broken = String(decoding: data, as: UTF8.self)
      .replacingOccurrences(of: "\"inputCount\":4", with: "\"inputCount\":-4")
    #expect(
      errorKind { try JSONDecoder().decode(NetworkArchitecture.self, from: Data(broken.utf8)) }
        == .invalidArgument)
  }
}
