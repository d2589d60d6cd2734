import Foundation
import OptimKit
import OptimKitModels

/// What a sharded run came to, on one rank.
public struct ShardedOutcome: Sendable {
  /// The loss at the start and after each step.
  public let losses: [Double]
  /// The parameters that the rank holds.
  public let parameters: [Double]
  /// What the ranks told each other.
  public let communication: RunCommunication?
  /// How the run ended.
  public let status: RunStatus
}

/// Small problems that ranks hold in parts of uneven length.
public enum ShardedCase: String, CaseIterable, Sendable {
  /// Logistic regression with intercept, weights and a ridge: 101 samples of 6 features.
  case logistic
  /// Three classes by softmax: 77 samples of 5 sparse features.
  case softmax
  /// A network of 130 neurons on 21 samples, of two outputs.
  case network
  /// The same with a ridge.
  case ridgedNetwork

  /// What is held in parts.
  public var side: Sharding.Side { self == .logistic || self == .softmax ? .samples : .parameters }

  /// Those whose samples are held in parts.
  public static let sampled: [Self] = [.logistic, .softmax]
  /// Those whose neurons are.
  public static let neuronal: [Self] = [.network, .ridgedNetwork]

  /// Runs the part of one rank; all ranks call it together.
  ///
  /// - Throws: What the run throws.
  public func run(
    _ optimizer: some Optimizer, _ reduction: any Reduction, iterations: Int = 12,
    seed: UInt64 = 5
  ) throws -> ShardedOutcome {
    switch self {
    case .logistic: try logistic(optimizer, reduction, iterations, seed)
    case .softmax: try softmax(optimizer, reduction, iterations, seed)
    case .network: try network(optimizer, reduction, iterations, seed, ridge: 0)
    case .ridgedNetwork: try network(optimizer, reduction, iterations, seed, ridge: 1e-2)
    }
  }

  private func logistic(
    _ optimizer: some Optimizer, _ reduction: any Reduction, _ iterations: Int, _ seed: UInt64
  ) throws -> ShardedOutcome {
    let (n, d) = (101, 6)
    let sharding = try Sharding(.samples, of: n, reduction: reduction)
    let values = Self.numbers(n * d, seed: 3)
    let rows = sharding.range
    let features = try Matrix<Double>(
      rowCount: rows.count, columnCount: d,
      storage: Array(values[rows.lowerBound * d..<rows.upperBound * d]))
    let part = try LinearModel(features: features)
    let targets = rows.map { row -> Double in
      let score = values[row * d] + values[row * d + 1] / 2
      return score > 0.3 ? 1 : 0
    }
    let objective = try EmpiricalRisk(
      model: ShardedModel(part, sharding), loss: LogisticLoss(), targets: targets,
      weights: rows.map { 1 + Double($0 % 3) }, ridge: 0.5)
    return try outcome(objective, part.initialParameters, optimizer, iterations, seed)
  }

  private func softmax(
    _ optimizer: some Optimizer, _ reduction: any Reduction, _ iterations: Int, _ seed: UInt64
  ) throws -> ShardedOutcome {
    let (n, d) = (77, 5)
    let sharding = try Sharding(.samples, of: n, unitLength: 3, reduction: reduction)
    let rows = sharding.range
    let values = Self.numbers(n * d, seed: 9)
    var offsets = [0]
    var columns: [Int32] = []
    var elements: [Double] = []
    for row in rows {
      for column in 0..<d where (row + column) % 2 == 0 {
        columns.append(Int32(column))
        elements.append(values[row * d + column])
      }
      offsets.append(columns.count)
    }
    let part = try LinearModel(
      features: SparseMatrix(
        rowCount: rows.count, columnCount: d, rowOffsets: offsets, columnIndices: columns,
        values: elements), outputsPerSample: 3)
    let targets = rows.flatMap { row in (0..<3).map { $0 == row * row % 3 ? 1.0 : 0 } }
    let objective = try EmpiricalRisk(
      model: ShardedModel(part, sharding), loss: SoftmaxLoss(), targets: targets, ridge: 1)
    return try outcome(objective, part.initialParameters, optimizer, iterations, seed)
  }

  private func network(
    _ optimizer: some Optimizer, _ reduction: any Reduction, _ iterations: Int, _ seed: UInt64,
    ridge: Double
  ) throws -> ShardedOutcome {
    let (n, d) = (21, 7)
    var features = try Matrix<Double>(
      rowCount: n, columnCount: d, storage: Self.numbers(n * d, seed: 4))
    for i in 0..<n {
      let length = Double.norm(Array(features.row(i)).span)
      for j in 0..<d { features[i, j] /= length }
    }
    let whole = try TwoLayerReLU(features: features, width: 130, outputsPerSample: 2, seed: 2)
    let sharding = try whole.shardedByNeurons(reduction)
    let part = try whole.part(ofNeurons: sharding.range)
    let objective = try EmpiricalRisk(
      model: ShardedModel(part, sharding), loss: SquaredLoss(),
      targets: (0..<2 * n).map { sin(Double($0 * $0)) }, ridge: ridge)
    return try outcome(
      objective, part.initialParameters(seed: 6), optimizer, iterations, seed)
  }

  private static func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var values = Double.zeros(count)
    var span = values.mutableSpan
    RandomKey(seed: seed, purpose: "sharded case").fillNormal(&span)
    return values
  }

  private func outcome<O: Objective>(
    _ objective: O, _ initial: [Double], _ optimizer: some Optimizer, _ iterations: Int,
    _ seed: UInt64
  ) throws -> ShardedOutcome where O.Scalar == Double {
    let result = try minimize(
      objective, from: initial, using: optimizer,
      until: [.relativeLoss(1e-9), .iterations(iterations)], seed: seed)
    return ShardedOutcome(
      losses: result.summary.history.map(\.loss), parameters: result.parameters,
      communication: result.summary.communication, status: result.reason.status)
  }
}
