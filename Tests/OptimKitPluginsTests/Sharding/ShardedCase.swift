import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting

/// What a sharded run came to, on one rank.
struct ShardedOutcome: Sendable {
  var losses: [Double]
  var parameters: [Double]
  var range: Range<Int>
  var communication: RunCommunication?
  var status: RunStatus
}

/// Problems that ranks hold in parts.
enum ShardedCase: String, CaseIterable, Sendable {
  /// Logistic regression with intercept, weights and a ridge: 101 samples of 6 features.
  case logistic
  /// Least squares on sparse features, three classes by softmax.
  case softmax
  /// A network of 130 neurons on 21 samples, of two outputs.
  case network
  /// The same with a ridge.
  case ridgedNetwork

  var side: Sharding.Side { self == .logistic || self == .softmax ? .samples : .parameters }

  static let sampled: [Self] = [.logistic, .softmax]

  func run(
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
    let values = normalVector(n * d, seed: 3)
    let rows = sharding.range
    let features = try Matrix<Double>(
      rowCount: rows.count, columnCount: d, storage: Array(values[rows.lowerBound * d..<rows.upperBound * d]))
    let part = try LinearModel(features: features)
    let targets = rows.map { values[$0 * d] + 0.5 * values[$0 * d + 1] > 0.3 ? 1.0 : 0 }
    let objective = try EmpiricalRisk(
      model: ShardedModel(part, sharding), loss: LogisticLoss(), targets: targets,
      weights: rows.map { 1 + Double($0 % 3) }, ridge: 0.5)
    return try outcome(objective, part.initialParameters, optimizer, iterations, seed, rows)
  }

  private func softmax(
    _ optimizer: some Optimizer, _ reduction: any Reduction, _ iterations: Int, _ seed: UInt64
  ) throws -> ShardedOutcome {
    let (n, d) = (77, 5)
    let sharding = try Sharding(.samples, of: n, unitLength: 3, reduction: reduction)
    let rows = sharding.range
    let values = normalVector(n * d, seed: 9)
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
    return try outcome(objective, part.initialParameters, optimizer, iterations, seed, rows)
  }

  private func network(
    _ optimizer: some Optimizer, _ reduction: any Reduction, _ iterations: Int, _ seed: UInt64,
    ridge: Double
  ) throws -> ShardedOutcome {
    let (n, d) = (21, 7)
    var features = try Matrix<Double>(
      rowCount: n, columnCount: d, storage: normalVector(n * d, seed: 4))
    for i in 0..<n {
      let length = norm(Array(features.row(i)))
      for j in 0..<d { features[i, j] /= length }
    }
    let whole = try TwoLayerReLU(features: features, width: 130, outputsPerSample: 2, seed: 2)
    let sharding = try whole.shardedByNeurons(reduction)
    let part = try whole.part(ofNeurons: sharding.range)
    let objective = try EmpiricalRisk(
      model: ShardedModel(part, sharding), loss: SquaredLoss(),
      targets: (0..<2 * n).map { sin(Double($0 * $0)) }, ridge: ridge)
    return try outcome(
      objective, part.initialParameters(seed: 6), optimizer, iterations, seed, sharding.range)
  }

  private func outcome<O: Objective>(
    _ objective: O, _ initial: [Double], _ optimizer: some Optimizer, _ iterations: Int,
    _ seed: UInt64, _ range: Range<Int>
  ) throws -> ShardedOutcome where O.Scalar == Double {
    let result = try minimize(
      objective, from: initial, using: optimizer,
      until: [.relativeLoss(1e-9), .iterations(iterations)], seed: seed)
    return ShardedOutcome(
      losses: result.summary.history.map(\.loss), parameters: result.parameters, range: range,
      communication: result.summary.communication, status: result.reason.status)
  }
}
