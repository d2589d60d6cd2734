import Foundation
import OptimKit

/// What each way to solve a system is expected to cost, from counts of operations, the machine's rates, and
/// what was seen of earlier systems.
struct CostModel<Scalar: RealScalar> {
  /// The cost of one way.
  struct Estimate: Codable {
    var method: SolvingMethod
    var oversampling: Double?
    var sketchSize: Int?
    var rank: Int?
    var preparationSeconds: Double
    var iterations: Double
    var iterationSeconds: Double
    var remark: String?
    /// How many solves a preparation serves; nil for one.
    var solveCount: Double?

    /// Seconds of preparation and all solves that it serves.
    var seconds: Double { preparationSeconds + (solveCount ?? 1) * iterations * iterationSeconds }

    /// Seconds of preparation and one solve.
    var secondsOfOneSolve: Double { preparationSeconds + iterations * iterationSeconds }
  }

  /// Ways that are open, cheapest first, and those that are closed, with the reason.
  struct Ranking {
    var open: [Estimate]
    var closed: [(method: SolvingMethod, reason: String)]
    /// Whether all ways were looked at.
    var isComplete = true
  }

  let rates: MachineRates
  var maximumIterations = 1000
  /// Ways that failed, and how.
  var failures: [SolvingMethod: String] = [:]
  /// Iterations per unit of log(2/η) that ways took, where they were tried.
  var iterationRates: [SolvingMethod: Double] = [:]
  /// The rank of the pivoted Cholesky factorization that was tried.
  var rank: Int?
  /// Actual over estimated seconds of ways that were timed.
  var corrections: [SolvingMethod: Double] = [:]
  /// Whether a solve showed that the condition number must not be squared.
  var needsTallMatrix = false

  init(rates: MachineRates) { self.rates = rates }

  /// All ways for a system, to a relative residual of `tolerance`.
  func rank(for system: DampedSystem<Scalar>, tolerance: Double) -> Ranking {
    var ranking = Ranking(open: [], closed: [])
    for method in SolvingMethod.all {
      switch estimate(method, for: system, tolerance: tolerance) {
      case .success(let estimate): ranking.open.append(estimate)
      case .failure(let closed): ranking.closed.append((method, closed.reason))
      }
    }
    ranking.open.sort { $0.seconds < $1.seconds }
    return ranking
  }

  struct Closed: Error {
    var reason: String

    static var productsOnly: Self { Self(reason: "the Jacobian offers products only") }
  }

  func estimate(
    _ method: SolvingMethod, for system: DampedSystem<Scalar>, tolerance: Double
  ) -> Result<Estimate, Closed> {
    if let failure = failures[method] { return .failure(Closed(reason: failure)) }
    if system.isSharded, method.isOnTallMatrix {
      return .failure(Closed(reason: "the tall matrix is held in parts"))
    }
    if needsTallMatrix, !method.isOnTallMatrix {
      return .failure(Closed(reason: "the condition number must not be squared"))
    }
    let digits = log(2 / min(tolerance, 1))
    let result: Result<Estimate, Closed> =
      switch method {
      case .exact(let precision): exact(precision, for: system, tolerance: tolerance)
      case .sketchedCG(let kind): sketched(kind, for: system, digits: digits)
      case .conjugateGradients: .success(conjugateGradients(for: system, digits: digits))
      case .pivotedCholeskyCG: pivotedCholesky(for: system, digits: digits)
      case .nystromCG: nystrom(for: system, digits: digits)
      case .qr: qr(for: system)
      case .sketchedLSQR: sketchedLSQR(for: system, digits: digits)
      case .lsqr: lsqr(for: system, digits: digits)
      }
    return result.map { estimate in
      var estimate = estimate
      // From the right-hand side to the short side, or back from it: one product with Jᵀ.
      estimate.preparationSeconds += seconds(system.productWork)
      let correction = corrections[method] ?? 1
      estimate.preparationSeconds *= correction
      estimate.iterationSeconds *= correction
      if system.solveCount > 1 { estimate.solveCount = Double(system.solveCount) }
      return estimate
    }
  }

  func seconds(_ work: Work) -> Double { rates.seconds(for: work, in: Scalar.self) }

  // MARK: Ways

  private func exact(
    _ precision: FactorPrecision, for system: DampedSystem<Scalar>,
    tolerance: Double
  ) -> Result<Estimate, Closed> {
    guard let normal = system.normalMatrixWork else { return .failure(.productsOnly) }
    if precision == .single, Scalar.self == Float.self {
      return .failure(Closed(reason: "single precision is the working precision"))
    }
    let squares = precision == .single ? 1.5 : 1
    if let closed = memoryShortage(scalars: squares * square(of: system)) {
      return .failure(closed)
    }
    let factorization = rates.choleskyWork(order: system.shortCount)
    var estimate = Estimate(
      method: .exact(precision),
      preparationSeconds: seconds(normal)
        + (precision == .single
          ? singlePrecisionSeconds(factorization, rounded: square(of: system))
          : seconds(factorization)),
      iterations: 0,
      iterationSeconds: seconds(system.normalProductWork + triangles(of: system)))
    if precision == .single {
      // A direct solve leaves some 1e-3 where κ(N) is moderate, as with wide networks, and each iteration gains
      // three digits. Of other matrices less is to be hoped.
      let fromNothing = system.hasStructuredGram ? 0.0 : 2
      let expected = max(0, (log(0.003 / tolerance) / log(1000)).rounded(.up)) + fromNothing
      let known = (iterationRates[.exact(.single)] ?? 0) * log(2 / min(tolerance, 1))
      estimate.iterations = max(expected, known.rounded(.up))
    } else if tolerance < 1e-7 {
      estimate.iterations = 1
    }
    return .success(estimate)
  }

  private func sketched(
    _ kind: SolvingMethod.SketchKind, for system: DampedSystem<Scalar>, digits: Double
  ) -> Result<Estimate, Closed> {
    if kind == .tensor, !system.hasKhatriRaoColumns {
      return .failure(Closed(reason: "rows are not Kronecker products"))
    }
    if kind == .neuronSampling { return neuronSampling(for: system, digits: digits) }
    if kind == .srht, system.streamsRows,
      Self.rowsPerTransform * system.columnCount > Self.largestStreamedBlock
    {
      return .failure(
        Closed(reason: "blocks of rows as long as its transforms do not stay in cache"))
    }
    let sizes = [2.0, 3, 4, 6].compactMap { oversampling in
      sketchedEstimate(
        .sketchedCG(kind), kind.sketcher, oversampling, for: system, digits: digits)
    }
    guard let best = sizes.min(by: { $0.seconds < $1.seconds }) else {
      return .failure(sketchClosure(for: system))
    }
    return .success(best)
  }

  /// Rows that SRHT transforms at once.
  private static var rowsPerTransform: Int { 1 << 13 }

  /// Scalars of rows that stream by which are held at once: more are no cheaper to transform, and take memory.
  private static var largestStreamedBlock: Int { 1 << 22 }

  /// A quarter of all neurons.
  private func neuronSampling(
    for system: DampedSystem<Scalar>, digits: Double
  ) -> Result<Estimate, Closed> {
    guard let sampleCount = system.leftFactorCount.map({ $0 / 4 }),
      let gram = system.sampledGramWork(sampleCount: sampleCount)
    else { return .failure(Closed(reason: "there is no Gram matrix of sampled neurons")) }
    if let closed = memoryShortage(scalars: square(of: system)) { return .failure(closed) }
    let method = SolvingMethod.sketchedCG(.neuronSampling)
    return .success(
      Estimate(
        method: method, oversampling: 4,
        preparationSeconds: seconds(gram)
          + singlePrecisionSeconds(
            rates.choleskyWork(order: system.shortCount), rounded: square(of: system)),
        // Of well-spread samples; those that are nearly alike take several times more.
        iterations: ((iterationRates[method] ?? 1.2) * digits).rounded(.up),
        iterationSeconds: seconds(system.normalProductWork + triangles(of: system))))
  }

  private func sketchedLSQR(
    for system: DampedSystem<Scalar>, digits: Double
  ) -> Result<Estimate, Closed> {
    guard
      var estimate = sketchedEstimate(
        .sketchedLSQR, SparseSignSketcher(), 4, for: system, digits: digits)
    else { return .failure(sketchClosure(for: system)) }
    // QR of the sketch instead of Cholesky of its Gram matrix, and a second run.
    let order = Double(system.shortCount)
    estimate.preparationSeconds += seconds(
      Work(matrixOperations: 16 * 4 * order * order * order))
    estimate.iterations *= 1.5
    return .success(estimate)
  }

  private func sketchedEstimate(
    _ method: SolvingMethod, _ sketcher: any Sketcher, _ oversampling: Double,
    for system: DampedSystem<Scalar>, digits: Double
  ) -> Estimate? {
    let order = Double(system.shortCount)
    let rows = (oversampling * order).rounded(.up)
    guard rows < Double(system.wholeLongCount), rows * order < Double(Int32.max),
      memoryShortage(scalars: (1.5 * oversampling + 2) * square(of: system)) == nil,
      let sketch = system.sketchWork(of: sketcher, rows: Int(rows))
    else { return nil }
    let factor =
      Work(matrixOperations: rows * order * order) + rates.choleskyWork(order: system.shortCount)
    let rate = iterationRates[method] ?? 1 / log(oversampling.squareRoot())
    return Estimate(
      method: method, oversampling: oversampling, sketchSize: Int(rows),
      preparationSeconds: seconds(sketch)
        + (method == .sketchedLSQR
          ? seconds(factor) : singlePrecisionSeconds(factor, rounded: rows * order)),
      iterations: (rate * digits).rounded(.up) + 1,
      iterationSeconds: seconds(system.normalProductWork + triangles(of: system)))
  }

  private func qr(for system: DampedSystem<Scalar>) -> Result<Estimate, Closed> {
    guard let rows = system.rowsWork else { return .failure(.productsOnly) }
    let order = Double(system.shortCount)
    let elements = Double(system.augmentedLongCount) * order
    if let shortage = memoryShortage(scalars: 2 * elements) { return .failure(shortage) }
    // Twice the operations of a Gram matrix, at an eighth of its speed as measured: panels are narrow.
    let operations = 16 * elements * order
    return .success(
      Estimate(
        method: .qr, preparationSeconds: seconds(rows + Work(matrixOperations: operations)),
        iterations: 0, iterationSeconds: 0))
  }

  private func lsqr(for system: DampedSystem<Scalar>, digits: Double) -> Result<Estimate, Closed> {
    guard needsTallMatrix || !failures.isEmpty else {
      return .failure(Closed(reason: "until a system is too ill-conditioned for its normal matrix"))
    }
    let rate = iterationRates[.lsqr] ?? iterationRates[.conjugateGradients] ?? 20
    return .success(
      Estimate(
        method: .lsqr, preparationSeconds: 0,
        iterations: min(rate * digits, Double(maximumIterations)).rounded(.up),
        iterationSeconds: seconds(2 * system.productWork)))
  }

  // MARK: Pieces

  /// Work done in single precision, on so many scalars that are rounded for it.
  func singlePrecisionSeconds(_ work: Work, rounded count: Double) -> Double {
    guard Scalar.self != Float.self else { return seconds(work) }
    return rates.seconds(for: work, in: Float.self) + seconds(Work(streamedBytes: 12 * count))
  }

  func square(of system: DampedSystem<Scalar>) -> Double {
    Double(system.shortCount) * Double(system.shortCount)
  }

  /// Two solves with a triangle.
  func triangles(of system: DampedSystem<Scalar>) -> Work {
    Work(streamedBytes: square(of: system) * Double(MemoryLayout<Scalar>.size))
  }

  func memoryShortage(scalars: Double) -> Closed? {
    let bytes = scalars * Double(MemoryLayout<Scalar>.size)
    let available = MachineMemory.byteCount / 2
    guard bytes > available else { return nil }
    return Closed(
      reason: "would take \(Int(bytes / 1e9)) GB of the machine's \(Int(2 * available / 1e9))")
  }

  private func sketchClosure(for system: DampedSystem<Scalar>) -> Closed {
    if system.sketchWork(of: SparseSignSketcher(), rows: 1) == nil { return .productsOnly }
    if let shortage = memoryShortage(scalars: 4 * square(of: system)) { return shortage }
    return Closed(reason: "the system is not tall enough to gain by a sketch")
  }
}
