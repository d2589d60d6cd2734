import OptimKit
import OptimKitModels
import OptimKitPlugins

/// The shortest time that the machine's rates allow for a training with exact steps in double precision.
///
/// Counted are products X Wᵀ, one more than steps, and products with Jᵀ at the rate of a large `dgemm`; X Xᵀ once
/// at that rate; half of each Gram matrix of activation bits at the rate of the kernel that counts them; and the
/// Cholesky factorizations themselves. Reading memory, masks, sums and waiting for threads are taken for free.
/// Rates are measured anew in each run, beside those of the contestants.
struct MachineRatesTask: WorkerTask {
  /// Order of the matrices whose product gives the rate.
  private static let productOrder = 2000

  private let sampleCount: Int
  private let featureCount: Int
  private let width: Int
  private let stepCount: Int
  private let gram: Matrix<Double>
  private let factors: (Matrix<Double>, Matrix<Double>)
  /// Of a network with a single feature, whose Gram matrix is all counting of bits.
  private let bits: TwoLayerReLUJacobian<Double>

  init(_ arrays: WorkerArrays, _ options: TaskOptions) throws {
    let features: Matrix<Double> = try arrays.matrix("X")
    let signs: Matrix<Double> = try arrays.matrix("a")
    let weights: [Double] = try arrays.vector("W0")
    (sampleCount, featureCount, width) = (
      features.rowCount, features.columnCount, signs.columnCount
    )

    // The exact training tells the number of steps.
    var exact = options
    exact.solver = SolverChoice.exact.rawValue
    stepCount = try TrainingTask<Double>(arrays, exact).run().losses.map { $0.count - 1 } ?? 1

    var outputs = Double.zeros(sampleCount)
    var span = outputs.mutableSpan
    let jacobian = try TwoLayerReLU(features: features, signs: signs)
      .linearize(at: weights.span, outputs: &span)
    var gram = Matrix<Double>(rowCount: sampleCount, columnCount: sampleCount)
    gram.withMutableElements { jacobian.computeGram(into: &$0) }
    self.gram = gram

    let column = try Matrix(
      rowCount: sampleCount, columnCount: 1, storage: [Double](repeating: 1, count: sampleCount))
    bits = try TwoLayerReLU(features: column, signs: signs)
      .linearize(at: weights.span.extracting(first: width), outputs: &span)

    let order = Self.productOrder
    let elements = (0..<order * order).map { Double($0 % 17) - 8 }
    let matrix = try Matrix(rowCount: order, columnCount: order, storage: elements)
    factors = (matrix, matrix.transposed())
  }

  var library: String { "the machine's rates" }

  func run() throws -> Answer {
    let clock = ContinuousClock()
    let order = Self.productOrder
    var product = Matrix<Double>(rowCount: order, columnCount: order)
    let multiplying = clock.measure {
      product.withMutableElements {
        Double.multiply(
          factors.0.storage.span, .plain, factors.1.storage.span, rows: order, inner: order,
          columns: order, into: &$0)
      }
    }
    var counts = Matrix<Double>(rowCount: sampleCount, columnCount: sampleCount)
    let counting = clock.measure {
      counts.withMutableElements { bits.computeGram(into: &$0) }
    }
    let factoring = try clock.measure { _ = try CholeskyFactorization(gram) }

    let (n, d, m) = (Double(sampleCount), Double(featureCount), Double(width))
    let steps = Double(stepCount)
    let operations: Double = (2 * steps + 1) * 2 * n * d * m + n * n * d
    let measured: Double = 2 * Double(order) * Double(order) * Double(order)
    let multiplied: Double = operations / measured * (multiplying / .seconds(1))
    let others: Double = (counting + factoring) / .seconds(1)
    let pairs: Double = n * n / 2 * m / (counting / .seconds(1))
    let factored: Double = n * n * n / 3 / (factoring / .seconds(1))
    return done(
      .seconds(multiplied + steps * others),
      metrics: [
        "gigaflops": measured / (multiplying / .seconds(1)) / 1e9, "pairs": pairs / 1e12,
        "cholesky": factored / 1e9,
      ])
  }
}
