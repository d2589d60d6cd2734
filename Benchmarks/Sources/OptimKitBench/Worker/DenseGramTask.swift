import Dispatch
import OptimKit
import OptimKitModels

/// Gram-Gauss-Newton as published in CGH+19 (arXiv 1905.11675), for comparison: J is written out in blocks of
/// columns, and J Jᵀ is the sum of their Gram matrices by `dsyrk`. Forward passes and products with Jᵀ are
/// OptimKit's.
struct DenseGramTask: WorkerTask {
  /// Columns of J that are written out at once.
  private static let blockColumns = 2048

  private let features: Matrix<Double>
  private let targets: [Double]
  private let signs: Matrix<Double>
  private let initial: [Double]
  private let options: TaskOptions

  init(_ arrays: WorkerArrays, _ options: TaskOptions) throws {
    features = try arrays.matrix("X")
    targets = try arrays.vector("y")
    signs = try arrays.matrix("a")
    initial = try arrays.vector("W0")
    self.options = options
  }

  var library: String { "dense J by OptimKit, Gram matrix by OpenBLAS" }

  func run() throws -> Answer {
    let clock = ContinuousClock()
    let start = clock.now
    let network = try TwoLayerReLU(features: features, signs: signs)
    var weights = initial
    var step = weights
    var losses: [Double] = []
    var residual = targets
    while true {
      var outputs = residual.mutableSpan
      let jacobian = network.linearize(at: weights.span, outputs: &outputs)
      Double.add(-1, targets.span, to: &outputs)
      let norm = Double.norm(outputs.span)
      losses.append(norm * norm / 2)
      let isDone = losses[losses.count - 1] <= options.tolerance * losses[0]
      if isDone || losses.count > options.maximumIterations { break }
      try CholeskyFactorization(gram(of: jacobian)).solve(in: &outputs)
      var stepSpan = step.mutableSpan
      jacobian.applyTransposed(outputs.span, into: &stepSpan)
      var weightSpan = weights.mutableSpan
      Double.add(-1, step.span, to: &weightSpan)
    }
    return done(clock.now - start, losses: losses)
  }

  /// J Jᵀ, lower triangle.
  private func gram(of jacobian: TwoLayerReLUJacobian<Double>) -> Matrix<Double> {
    let (rows, width, dimension) = (
      jacobian.rowCount, jacobian.leftFactorCount, jacobian.rightFactorCount
    )
    let neuronsPerBlock = max(1, Self.blockColumns / dimension)
    var right = Double.zeros(rows * dimension)
    var rightSpan = right.mutableSpan
    jacobian.copyRightFactors(rows: 0..<rows, into: &rightSpan)
    var left = Double.zeros(rows * neuronsPerBlock)
    var block = Double.zeros(rows * neuronsPerBlock * dimension)
    var gram = Matrix<Double>(rowCount: rows, columnCount: rows)
    for first in stride(from: 0, to: width, by: neuronsPerBlock) {
      let neurons = first..<min(width, first + neuronsPerBlock)
      if neurons.count < neuronsPerBlock {
        left = Double.zeros(rows * neurons.count)
        block = Double.zeros(rows * neurons.count * dimension)
      }
      var leftSpan = left.mutableSpan
      jacobian.copyLeftFactors(rows: 0..<rows, elements: neurons, into: &leftSpan)
      Self.writeProducts(left, right, rows: rows, into: &block)
      gram.withMutableElements {
        Double.addGram(
          of: block.span, order: rows, inner: neurons.count * dimension, plus: 1, into: &$0)
      }
    }
    return gram
  }

  /// Row i of the block ← row i of `left` ⊗ row i of `right`, rows side by side on all processors.
  private static func writeProducts(
    _ left: [Double], _ right: [Double], rows: Int, into block: inout [Double]
  ) {
    let (leftCount, rightCount) = (left.count / rows, right.count / rows)
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        block.withUnsafeMutableBufferPointer { block in
          // Each row is written by one thread alone.
          nonisolated(unsafe) let (left, right, block) = (left, right, block)
          DispatchQueue.concurrentPerform(iterations: rows) { row in
            var target = row * leftCount * rightCount
            for neuron in row * leftCount..<(row + 1) * leftCount {
              for feature in row * rightCount..<(row + 1) * rightCount {
                block[target] = left[neuron] * right[feature]
                target += 1
              }
            }
          }
        }
      }
    }
  }
}
