import OptimKit

/// A function of one sample of data and the parameters, differentiated automatically.
///
///     let model = SampleModel(samples: times, parameterCount: 3) { t, b in
///       b[0] + b[1] * exp(-b[2] * t)
///     }
///     let objective = try LeastSquares(model, targets: observations)
///
/// Because samples are computed one by one, they are on all threads where there are many; optimizers that work on
/// mini-batches, and validation, can take some of them (`Restrictable`), and the Jacobian can write out rows without
/// being stored.
///
/// Cost: an evaluation is n calls of the function, for n samples, a linearization n ⌈p / 4⌉, each of at most three times
/// the operations that the function takes with `Double`. Storage: the Jacobian is a matrix of n p scalars, or nothing
/// where it is not to be stored.
public struct SampleModel: Restrictable {
  /// The output of the sample of a given number.
  public typealias Function = @Sendable (_ sample: Int, _ parameters: [Dual]) throws -> Dual
  /// The outputs of the sample of a given number.
  public typealias VectorFunction = @Sendable (_ sample: Int, _ parameters: [Dual]) throws -> [Dual]

  private enum Outputs: Sendable {
    case one(Function)
    case several(VectorFunction)
  }

  /// The number of samples.
  public let sampleCount: Int
  /// The number of outputs of each sample.
  public let outputsPerSample: Int
  /// The number of parameters p.
  public let parameterCount: Int
  /// Whether a linearization stores the Jacobian as a matrix. Where not, it computes rows and products anew each time:
  /// J v for one call a sample, Jᵀu and rows for ⌈p / 4⌉.
  public let storesJacobian: Bool
  private let function: Outputs
  /// The numbers that the function knows the samples by; nil where they are all.
  private let numbers: [Int]?

  private init(
    sampleCount: Int, outputsPerSample: Int, parameterCount: Int, storesJacobian: Bool,
    function: Outputs, numbers: [Int]? = nil
  ) {
    self.sampleCount = sampleCount
    self.outputsPerSample = outputsPerSample
    self.parameterCount = parameterCount
    self.storesJacobian = storesJacobian
    self.function = function
    self.numbers = numbers
  }

  /// Creates a model of one output per sample.
  ///
  /// - Parameters:
  ///   - sampleCount: The number of samples.
  ///   - parameterCount: The number of parameters.
  ///   - storesJacobian: Whether linearizations store the Jacobian; they do by default.
  ///   - function: The output of a sample, given by its number from 0. It may be called from several threads at once.
  ///     Where it is not defined, it returns NaN or throws.
  public init(
    sampleCount: Int, parameterCount: Int, storesJacobian: Bool = true,
    _ function: @escaping Function
  ) {
    self.init(
      sampleCount: sampleCount, outputsPerSample: 1, parameterCount: parameterCount,
      storesJacobian: storesJacobian, function: .one(function))
  }

  /// Creates a model of several outputs per sample.
  ///
  /// - Parameters:
  ///   - sampleCount: The number of samples.
  ///   - outputsPerSample: The number of outputs that the function returns.
  ///   - parameterCount: The number of parameters.
  ///   - storesJacobian: Whether linearizations store the Jacobian; they do by default.
  ///   - function: The outputs of a sample, given by its number from 0. It may be called from several threads at once.
  ///     Where it is not defined, it returns NaN or throws.
  public init(
    sampleCount: Int, outputsPerSample: Int, parameterCount: Int, storesJacobian: Bool = true,
    _ function: @escaping VectorFunction
  ) {
    self.init(
      sampleCount: sampleCount, outputsPerSample: outputsPerSample, parameterCount: parameterCount,
      storesJacobian: storesJacobian, function: .several(function))
  }

  /// Creates a model of one output per sample, on samples of any type.
  ///
  /// - Parameters:
  ///   - samples: What is known of each sample, such as where it was measured.
  ///   - parameterCount: The number of parameters.
  ///   - storesJacobian: Whether linearizations store the Jacobian; they do by default.
  ///   - function: The output of a sample.
  @inlinable
  public init<Sample: Sendable>(
    samples: [Sample], parameterCount: Int, storesJacobian: Bool = true,
    _ function: @escaping @Sendable (_ sample: Sample, _ parameters: [Dual]) throws -> Dual
  ) {
    self.init(
      sampleCount: samples.count, parameterCount: parameterCount, storesJacobian: storesJacobian
    ) { try function(samples[$0], $1) }
  }

  /// Creates a model of several outputs per sample, on samples of any type.
  ///
  /// - Parameters:
  ///   - samples: What is known of each sample.
  ///   - outputsPerSample: The number of outputs that the function returns.
  ///   - parameterCount: The number of parameters.
  ///   - storesJacobian: Whether linearizations store the Jacobian; they do by default.
  ///   - function: The outputs of a sample.
  @inlinable
  public init<Sample: Sendable>(
    samples: [Sample], outputsPerSample: Int, parameterCount: Int, storesJacobian: Bool = true,
    _ function: @escaping @Sendable (_ sample: Sample, _ parameters: [Dual]) throws -> [Dual]
  ) {
    self.init(
      sampleCount: samples.count, outputsPerSample: outputsPerSample,
      parameterCount: parameterCount, storesJacobian: storesJacobian
    ) { try function(samples[$0], $1) }
  }

  /// The number of outputs over all samples.
  public var outputCount: Int { sampleCount * outputsPerSample }

  /// outputs ← f(θ).
  ///
  /// - Complexity: One call of the function per sample.
  /// - Throws: What the function throws; `OptimKitError` where it returns another number of outputs.
  public func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) throws
  {
    let variables = DualParameters(parameters).values
    try outputs.withUnsafeMutableBufferPointer { outputs in
      let outputs = Shared(outputs)
      try forEachPiece(passes: 1) { samples in
        try forEachOutput(of: samples, at: variables) { outputs.pointer[$0] = $1.value }
      }
    }
  }

  /// outputs ← f(θ) and the Jacobian at θ.
  ///
  /// - Complexity: ⌈p / 4⌉ calls of the function per sample; one where the Jacobian is not stored.
  /// - Throws: What `evaluate` throws.
  public func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> SampleJacobian {
    let variables = DualParameters(parameters)
    guard storesJacobian, parameterCount > 0 else {
      try evaluate(at: parameters, into: &outputs)
      return SampleJacobian(model: self, variables: variables, matrix: nil)
    }
    var matrix = Matrix<Double>(rowCount: outputCount, columnCount: parameterCount)
    try outputs.withUnsafeMutableBufferPointer { outputs in
      let outputs = Shared(outputs)
      try matrix.withMutableElements { elements in
        try elements.withUnsafeMutableBufferPointer { elements in
          let elements = Shared(elements)
          try forEachPiece(passes: DualParameters.passCount(parameterCount)) { samples in
            try differentiate(samples, at: variables) { output, pass, columns, result in
              if pass == 0 { outputs.pointer[output] = result.value }
              let row = elements.pointer.baseAddress! + output * parameterCount
              for (direction, column) in columns.enumerated() {
                row[column] = result.derivatives[direction]
              }
            }
          }
        }
      }
    }
    return SampleJacobian(
      model: self, variables: variables, matrix: DenseJacobian(matrix))
  }

  /// The same function on a subset of the samples.
  ///
  /// - Complexity: O(samples).
  /// - Throws: `OptimKitError` where a number is not that of a sample.
  public func restricted(to samples: [Int]) throws -> Self {
    if let sample = samples.first(where: { !(0..<sampleCount).contains($0) }) {
      throw OptimKitError(
        .invalidArgument, cause: "sample \(sample) of a model of \(sampleCount) samples",
        remedy: "pass numbers from 0 to \(sampleCount - 1)")
    }
    return Self(
      sampleCount: samples.count, outputsPerSample: outputsPerSample,
      parameterCount: parameterCount, storesJacobian: storesJacobian, function: function,
      numbers: numbers.map { numbers in samples.map { numbers[$0] } } ?? samples)
  }
}

// MARK: - Loops over samples

extension SampleModel {
  /// How many pieces the samples are cut into, for `passes` calls a sample: one where a second thread would not pay.
  func pieceCount(passes: Int) -> Int { max(1, min(64, sampleCount * passes >> 12)) }

  /// Calls `body` for the pieces that the samples are cut into, on all threads.
  func forEachPiece(passes: Int, _ body: @Sendable (Range<Int>) throws -> Void) throws {
    let pieces = pieceCount(passes: passes)
    guard pieces > 1 else { return try body(0..<sampleCount) }
    try ThreadPool.forEachThrowing(pieces) { piece in
      try body(ThreadPool.piece(piece, of: pieces, in: 0..<sampleCount))
    }
  }

  /// Calls `body` with the number of each output of the samples, and with the output.
  func forEachOutput(
    of samples: Range<Int>, at parameters: [Dual], _ body: (Int, Dual) -> Void
  ) throws {
    switch function {
    case .one(let function):
      for sample in samples {
        body(sample, try function(numbers?[sample] ?? sample, parameters))
      }
    case .several(let function):
      for sample in samples {
        let outputs = try function(numbers?[sample] ?? sample, parameters)
        guard outputs.count == outputsPerSample else {
          throw OptimKitError.wrongCount(of: "outputs", outputs.count, expected: outputsPerSample)
        }
        for (i, output) in outputs.enumerated() { body(sample * outputsPerSample + i, output) }
      }
    }
  }

  /// Calls `body` for each output of the samples in every pass over the parameters, with the number of the output, that
  /// of the pass, the parameters of the pass, and the output with its derivatives by these.
  func differentiate(
    _ samples: Range<Int>, at parameters: DualParameters,
    _ body: (Int, Int, Range<Int>, Dual) -> Void
  ) throws {
    var variables = parameters
    for pass in 0..<DualParameters.passCount(parameterCount) {
      variables.differentiate(pass: pass)
      let columns = DualParameters.parameters(ofPass: pass, of: parameterCount)
      try forEachOutput(of: samples, at: variables.values) { body($0, pass, columns, $1) }
    }
  }
}
