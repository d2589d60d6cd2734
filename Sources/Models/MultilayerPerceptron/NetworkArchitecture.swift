import OptimKit

/// The shape of a fully connected network with a linear output layer,
///
///     a⁰ = x,   aˡ = σˡ(Wˡ aˡ⁻¹ + bˡ) for hidden layers,   f = Wᴸ aᴸ⁻¹ + bᴸ.
///
/// Parameters are the layers one after the other; those of a layer are its neurons one after the other; those of a
/// neuron are its weights, then its bias. So layer l is the row-major matrix [Wˡ bˡ], and a row of the Jacobian the
/// concatenation over layers of δ ⊗ (a, 1).
public struct NetworkArchitecture: Hashable, Sendable, Codable {
  /// The number of inputs d.
  public let inputCount: Int
  /// The neurons of the hidden layers, from the inputs on; none for a linear model.
  public let hiddenWidths: [Int]
  /// The activation of each hidden layer.
  public let activations: [Activation]
  /// The number of outputs k.
  public let outputCount: Int

  /// Creates an architecture with one activation for all hidden layers.
  ///
  /// - Throws: `OptimKitError` where a size is not positive, or there are too many parameters.
  public init(
    inputCount: Int, hiddenWidths: [Int], outputCount: Int = 1, activation: Activation = .tanh
  ) throws {
    try self.init(
      inputCount: inputCount, hiddenWidths: hiddenWidths, outputCount: outputCount,
      activations: hiddenWidths.map { _ in activation })
  }

  /// Creates an architecture with an activation for each hidden layer.
  ///
  /// - Throws: `OptimKitError` where a size is not positive, there are too many parameters, or the activations are
  ///   not as many as hidden layers.
  public init(
    inputCount: Int, hiddenWidths: [Int], outputCount: Int = 1, activations: [Activation]
  ) throws {
    let widths = [inputCount] + hiddenWidths + [outputCount]
    guard widths.allSatisfy({ $0 > 0 && $0 < Int32.max }) else {
      throw OptimKitError(
        .invalidArgument, cause: "a network of layers of \(widths) neurons",
        remedy: "choose positive widths")
    }
    guard activations.count == hiddenWidths.count else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(activations.count) activations for \(hiddenWidths.count) hidden layers",
        remedy: "pass one for each hidden layer, or one for all")
    }
    for activation in activations { try activation.validate() }
    // Each product is below 2⁶², so that sums are formed of checked terms only.
    var count = 0
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      let (sum, overflow) = count.addingReportingOverflow((inputs + 1) * outputs)
      guard !overflow, sum <= Int32.max else {
        throw OptimKitError(
          .invalidArgument, cause: "a network of layers of \(widths) neurons",
          remedy: "BLAS counts to \(Int32.max): choose narrower layers")
      }
      count = sum
    }
    self.inputCount = inputCount
    self.hiddenWidths = hiddenWidths
    self.activations = activations
    self.outputCount = outputCount
  }

  /// One layer: where its parameters are, and how many neurons it has.
  struct Layer: Hashable, Sendable {
    /// The parameters: `outputs` · (`inputs` + 1).
    let parameters: Range<Int>
    /// The neurons of the layer before, or the inputs.
    let inputs: Int
    /// The neurons.
    let outputs: Int
    /// Nil for the output layer.
    let activation: Activation?
  }

  /// The layers, from the inputs on.
  var layers: [Layer] {
    var result: [Layer] = []
    var inputs = inputCount
    var start = 0
    for (number, width) in (hiddenWidths + [outputCount]).enumerated() {
      let end = start + width * (inputs + 1)
      result.append(
        Layer(
          parameters: start..<end, inputs: inputs, outputs: width,
          activation: number < activations.count ? activations[number] : nil))
      (start, inputs) = (end, width)
    }
    return result
  }

  /// The number of parameters p.
  public var parameterCount: Int { layers.last?.parameters.upperBound ?? 0 }

  /// The biases' numbers among the parameters.
  public var biases: [Int] {
    layers.flatMap { layer in
      (0..<layer.outputs).map { layer.parameters.lowerBound + ($0 + 1) * (layer.inputs + 1) - 1 }
    }
  }
}

extension NetworkArchitecture {
  private enum CodingKeys: CodingKey {
    case inputCount
    case hiddenWidths
    case activations
    case outputCount
  }

  /// Decodes an architecture.
  ///
  /// - Throws: As `init`; what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      inputCount: container.decode(Int.self, forKey: .inputCount),
      hiddenWidths: container.decode([Int].self, forKey: .hiddenWidths),
      outputCount: container.decode(Int.self, forKey: .outputCount),
      activations: container.decode([Activation].self, forKey: .activations))
  }
}
