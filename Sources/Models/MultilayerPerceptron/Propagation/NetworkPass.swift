import OptimKit

/// A network at some points, and what is asked of it there: an operator of its outputs.
///
/// Everything is stored neuron by neuron: a layer's activations are a matrix of one row for each neuron and one of
/// ones for the bias, so that [W b] times it is the next layer, for all points and channels in one product of
/// matrices.
final class NetworkPass<Scalar: RealScalar>: Sendable {
  typealias Layer = NetworkArchitecture.Layer

  let architecture: NetworkArchitecture
  let layers: [Layer]
  let channels: TaylorChannels
  /// The operator's coefficient of each channel.
  let coefficients: [Scalar]
  let pool: BufferPool<Scalar>

  /// The channels of the inputs and of the bias, (d + 1) × channels · n: coordinates, 1 for their own derivative.
  let inputs: [Scalar]

  /// n.
  var pointCount: Int { channels.points }

  /// k.
  var outputsPerPoint: Int { architecture.outputCount }

  /// n k.
  var outputCount: Int { pointCount * outputsPerPoint }

  /// The neurons of the widest layer, the inputs and the bias included.
  var largestWidth: Int { layers.reduce(0) { max($0, $1.inputs + 1, $1.outputs + 1) } }

  /// - Parameters:
  ///   - points: n × d, finite.
  ///   - operator: What outputs are of the network's outputs; checked for the dimension.
  ///   - pool: Where linearizations take their memory from.
  init(
    architecture: NetworkArchitecture, points: Matrix<Scalar>,
    operator: LinearDifferentialOperator, pool: BufferPool<Scalar> = BufferPool()
  ) {
    self.architecture = architecture
    self.pool = pool
    layers = architecture.layers
    channels = `operator`.channels(points: points.rowCount, dimension: points.columnCount)
    coefficients = `operator`.coefficients(of: channels).map { Scalar($0) }
    inputs = Self.inputs(of: points, channels)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func inputs(of points: Matrix<Scalar>, _ channels: TaylorChannels) -> [Scalar] {
    let dimension = points.columnCount
    let length = channels.length
    var result = Scalar.zeros((dimension + 1) * length)
    for i in 0..<channels.points {
      for coordinate in 0..<dimension {
        result[coordinate * length + i] = points.storage[i * dimension + coordinate]
        if channels.hasDerivatives {
          result[coordinate * length + (1 + coordinate) * channels.points + i] = 1
        }
      }
      result[dimension * length + i] = 1
    }
    return result
  }

  /// Calls `body` for ranges of the neurons of a layer, some of them side by side.
  func forEachNeurons(of count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    // A piece has 2¹⁴ elements and more; which neurons are in it depends on the shape alone.
    let pieces = max(1, min(count, 64, count * channels.length >> 14))
    ThreadPool.forEach(pieces) { body(ThreadPool.piece($0, of: pieces, in: 0..<count)) }
  }

  /// outputs of the network, `outputsPerPoint` × channels · n → what is asked of them, point by point.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func combine(
    _ outputs: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>
  ) {
    let (count, points) = (outputsPerPoint, pointCount)
    for output in 0..<count {
      for i in 0..<points { result[i * count + output] = 0 }
      for (channel, coefficient) in coefficients.enumerated() {
        let source = outputs + output * channels.length + channel * points
        for i in 0..<points { result[i * count + output] += coefficient * source[i] }
      }
    }
  }

  /// The transposed of `combine`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func distribute(_ u: UnsafePointer<Scalar>, into result: UnsafeMutablePointer<Scalar>) {
    let (count, points) = (outputsPerPoint, pointCount)
    for output in 0..<count {
      for (channel, coefficient) in coefficients.enumerated() {
        let target = result + output * channels.length + channel * points
        for i in 0..<points { target[i] = coefficient * u[i * count + output] }
      }
    }
  }

  /// C ← op(A) op(B) + βC.
  static func multiply(
    _ a: UnsafePointer<Scalar>, _ operandA: MatrixOperand, _ b: UnsafePointer<Scalar>,
    _ operandB: MatrixOperand, rows: Int, inner: Int, columns: Int, plus beta: Scalar = 0,
    into c: UnsafeMutablePointer<Scalar>
  ) {
    let left = UnsafeBufferPointer(start: a, count: rows * inner)
    let right = UnsafeBufferPointer(start: b, count: inner * columns)
    let target = UnsafeMutableBufferPointer(start: c, count: rows * columns)
    var span = target.mutableSpan
    if rows == 1, operandB == .plain {
      // A layer of one neuron: a product of matrices would copy B first.
      Scalar.multiply(
        right.span, rows: inner, columns: columns, .transposed, by: left.span, plus: beta,
        into: &span)
      return
    }
    Scalar.multiply(
      left.span, operandA, right.span, operandB, rows: rows, inner: inner, columns: columns,
      plus: beta, into: &span)
  }
}
