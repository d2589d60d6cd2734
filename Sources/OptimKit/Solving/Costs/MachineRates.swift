/// How much work a machine does in a second, on all threads in use.
///
/// | | where it comes from | decisions that rest on it |
/// |---|---|---|
/// | `reference` | a table by instruction set and number of processors | the same on every run |
/// | `measured()` | kernels timed in this process, some 50 ms | may differ where two ways cost about the same |
public struct MachineRates: Hashable, Sendable, Codable {
  /// Floating-point operations a second in large matrix products, in double precision.
  public var matrixOperations: Double
  /// Floating-point operations a second on vectors in cache, in double precision.
  public var vectorOperations: Double
  /// Bytes a second from main memory.
  public var streamedBytes: Double
  /// Pairs of bits a second in the bit Gram.
  public var bitOperations: Double
  /// Operations a second on single elements.
  public var scalarOperations: Double
  /// The order of a matrix whose Cholesky factorization reaches half of `matrixOperations`.
  public var halfRateOrder: Double

  /// Creates rates.
  public init(
    matrixOperations: Double, vectorOperations: Double, streamedBytes: Double,
    bitOperations: Double, scalarOperations: Double, halfRateOrder: Double
  ) {
    self.matrixOperations = matrixOperations
    self.vectorOperations = vectorOperations
    self.streamedBytes = streamedBytes
    self.bitOperations = bitOperations
    self.scalarOperations = scalarOperations
    self.halfRateOrder = halfRateOrder
  }

  /// Rates of a typical processor with this one's instruction set and number of processors, whatever number of
  /// threads is in use: decisions do not depend on that.
  ///
  /// They were measured on one processor of each kind; ratios between them, which decisions rest on, vary
  /// less from one to the next than the rates themselves.
  public static let reference: Self = {
    let environment = ComputeEnvironment.current
    let threads = Double(environment.processorCount)
    let (matrix, bits): (Double, Double) =
      switch environment.kernelLevel {
      case .portable: (8e9, 0.23e12)
      case .avx2: (40e9, 0.46e12)
      case .avx512: (80e9, 1.2e12)
      case .avx512PopulationCount: (80e9, 2.3e12)
      }
    return Self(
      matrixOperations: matrix * threads, vectorOperations: matrix / 10 * threads,
      streamedBytes: 10e9 * min(threads, 4), bitOperations: bits * threads,
      scalarOperations: 1e9 * threads, halfRateOrder: 500 * threads)
  }()

  /// The seconds that `work` takes in the precision of `type`.
  public func seconds<Scalar: RealScalar>(for work: Work, in type: Scalar.Type) -> Double {
    // Vectors hold twice as many scalars of half the size; counts of bytes know the size already.
    let lanes = Double(MemoryLayout<Double>.size) / Double(MemoryLayout<Scalar>.size)
    return work.matrixOperations / (lanes * matrixOperations)
      + work.vectorOperations / (lanes * vectorOperations)
      + work.streamedBytes / streamedBytes + work.bitOperations / bitOperations
      + work.scalarOperations / scalarOperations
  }

  /// The work of a Cholesky factorization, in operations of a matrix product.
  public func choleskyWork(order: Int) -> Work {
    let order = Double(order)
    return Work(matrixOperations: order * order * order / 3 * (1 + halfRateOrder / max(order, 1)))
  }
}
