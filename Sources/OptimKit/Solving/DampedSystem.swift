/// The linear least-squares problem of one Gauss-Newton step,
///
///     minimise over x:  ½‖T x − b‖² + (μ/2)‖x − c‖²,      T = CᵀJ,
///
/// seen from its short side, so that solvers need one code path. With n rows and p columns, let A be the
/// tall one of Tᵀ (n ≤ p, the dual) and T (n > p, the primal), and N = AᵀA + μI, of the order of the short
/// side. A solver solves N z = r:
///
/// | | dual | primal |
/// |---|---|---|
/// | A | Tᵀ | T |
/// | r | b − T c | Tᵀb + μc |
/// | x | c + Tᵀz | z |
///
/// All products with the Jacobian go through here, where they are counted and timed, and where a cancelled run
/// ends.
///
/// Storage: up to two vectors of the row side and one of the column side; where rows are streamed, up to two
/// blocks of 2²² scalars of them (and a third for their products), and s k scalars for a sketch of s rows and k
/// short-side columns. Allocated at first use and shared by the systems of one run.
public final class DampedSystem<Scalar: RealScalar> {
  let jacobian: any JacobianProvider<Scalar>
  private(set) lazy var gramComputing: (any GramComputing<Scalar>)? = find(.gramComputing)
  private(set) lazy var normalProducts: (any NormalProducts<Scalar>)? = find(.normalProducts)
  private(set) lazy var normalComputing: (any NormalComputing<Scalar>)? = find(.normalComputing)
  private(set) lazy var gramColumns: (any GramColumns<Scalar>)? = find(.gramColumns)
  private(set) lazy var rowAccessible: (any RowAccessible<Scalar>)? = jacobian.rowAccess
  private(set) lazy var sparseRows: (any SparseRows<Scalar>)? = find(.sparseRows)
  private(set) lazy var khatriRaoRows: (any KhatriRaoRows<Scalar>)? = find(.khatriRaoRows)
  private(set) lazy var sampledGram: (any SampledGram<Scalar>)? = find(.sampledGram)
  private(set) lazy var stating: (any WorkStating<Scalar>)? = find(.workStating)
  private(set) lazy var singlePrecisionTransposing: (any SinglePrecisionTransposing<Scalar>)? =
    find(.singlePrecisionTransposing)

  let curvatureFactor: CurvatureFactor<Scalar>

  /// How the long side is held in parts; nil where it is whole.
  let sharding: Sharding?

  /// The number of rows n of T; where rows are held in parts, of those here.
  public let rowCount: Int

  /// The number of columns p of T; where columns are held in parts, of those here.
  public let columnCount: Int

  /// μ.
  public let damping: Scalar

  /// Where work is counted and timed.
  public let ledger: RunLedger

  /// How many right-hand sides a preparation for it is expected to serve, for solvers that choose; 1 unless the maker of
  /// the system knows of more.
  package var solveCount = 1

  /// The largest number of stored elements that a block of sparse rows holds, but for a row that is longer.
  package var storedPerBlock = 1 << 22

  let scratch: SystemScratch<Scalar>

  /// The number of stored elements of sparse rows, counted once; nil where rows are dense.
  private(set) lazy var sparseElementCount: Double? =
    (try? sparseRows?.storedElementCount).map { Double(max($0, 1)) }

  private(set) lazy var statedWork = makeStatedWork()

  /// Creates a system.
  ///
  /// - Parameters:
  ///   - jacobian: J.
  ///   - curvatureFactor: C, of as many rows as J; the identity by default.
  ///   - damping: μ ≥ 0.
  ///   - ledger: Where work is counted and timed.
  ///   - sharding: How J is held in parts; whole by default.
  public convenience init(
    jacobian: any JacobianProvider<Scalar>, curvatureFactor: CurvatureFactor<Scalar> = .identity,
    damping: Scalar = 0, ledger: RunLedger = RunLedger(), sharding: Sharding? = nil
  ) {
    self.init(
      jacobian: jacobian, curvatureFactor: curvatureFactor, damping: damping, ledger: ledger,
      scratch: SystemScratch(), sharding: sharding)
  }

  /// Creates a system with a diagonal C, or with C = I where there is none.
  public convenience init(
    jacobian: any JacobianProvider<Scalar>, curvatureFactor: [Scalar]?, damping: Scalar = 0,
    ledger: RunLedger = RunLedger()
  ) {
    self.init(
      jacobian: jacobian,
      curvatureFactor: curvatureFactor.map { .diagonal($0) } ?? .identity, damping: damping,
      ledger: ledger)
  }

  /// A system that works in the memory of others, one at a time.
  init(
    jacobian: any JacobianProvider<Scalar>, curvatureFactor: CurvatureFactor<Scalar>,
    damping: Scalar, ledger: RunLedger, scratch: SystemScratch<Scalar>, sharding: Sharding? = nil
  ) {
    precondition(damping >= 0 && damping.isFinite, "damping is finite and not negative")
    self.jacobian = jacobian
    self.sharding = sharding
    rowCount = jacobian.rowCount
    columnCount = jacobian.columnCount
    self.curvatureFactor = curvatureFactor.simplified
    self.damping = damping
    self.ledger = ledger
    self.scratch = scratch
    precondition(
      curvatureFactor.fits(rowCount), "the curvature factor has the order of the rows")
  }

  /// The Jacobian as something that can do more than products; nil where it cannot.
  private func find<Capability>(_ capability: JacobianCapabilities) -> Capability? {
    scratch.capabilities.find(capability, of: jacobian)
  }

  /// Whether the short side is that of the rows, n ≤ p; the long side is the one that is held in parts.
  public var isDual: Bool {
    sharding.map { $0.side == .parameters } ?? (rowCount <= columnCount)
  }

  /// The order of N, min(n, p).
  public var shortCount: Int { isDual ? rowCount : columnCount }

  /// The length of A's columns, max(n, p); where they are held in parts, of the part here.
  public var longCount: Int { isDual ? columnCount : rowCount }

  /// The length of A's columns over all ranks.
  public var wholeLongCount: Int { sharding?.elementCount ?? longCount }

  /// Whether A is held in parts, so that solvers need products and sums of the short side alone.
  public var isSharded: Bool { sharding != nil }

  var shardedRows: Sharding? { sharding?.side == .samples ? sharding : nil }

  var shardedColumns: Sharding? { sharding?.side == .parameters ? sharding : nil }

  /// Whether the normal matrix has structure that beats forming it from rows.
  public var hasStructuredGram: Bool { isDual && gramComputing != nil }

  /// Whether columns of A are Kronecker products with known factors.
  public var hasKhatriRaoColumns: Bool { isDual && khatriRaoRows != nil }

  /// The length of the left factors of A's columns, where they are Kronecker products.
  public var leftFactorCount: Int? { isDual ? khatriRaoRows?.leftFactorCount : nil }

  // MARK: Products

  /// result ← T x.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try ledger.cancellation.check()
    ledger.counts.jacobianProducts += 1
    try ledger.measure(.products) {
      try ledger.completing(&result, shardedColumns, .products) { try jacobian.apply(x, into: &$0) }
    }
    curvatureFactor.multiplyTransposed(into: &result)
  }

  /// result ← Tᵀ u.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try ledger.cancellation.check()
    ledger.counts.transposedJacobianProducts += 1
    try withCurvature(times: u) { scaled in
      try ledger.measure(.products) {
        try ledger.completing(&result, shardedRows, .products) {
          try jacobian.applyTransposed(scaled, into: &$0)
        }
      }
    }
  }

  /// The same to within some roundoffs of `Float`, where that takes less time.
  func applyTransposedInSinglePrecision(
    _ u: Span<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    guard let singlePrecisionTransposing, shardedRows == nil else {
      return try applyTransposed(u, into: &result)
    }
    try ledger.cancellation.check()
    ledger.counts.transposedJacobianProducts += 1
    try withCurvature(times: u) { scaled in
      try ledger.measure(.products) {
        try singlePrecisionTransposing.applyTransposedInSinglePrecision(scaled, into: &result)
      }
    }
  }

  /// result ← N z, of the short side.
  ///
  /// - Complexity: One product with J and one with Jᵀ.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func applyNormal(_ z: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    precondition(z.count == shortCount && result.count == shortCount)
    if isDual { try applyGram(z, into: &result) } else { try applyUndampedNormal(z, into: &result) }
    if damping > 0 { Scalar.add(damping, z, to: &result) }
  }

  /// result ← TᵀT x, of the columns' side, in the dual as well, and without damping.
  ///
  /// - Complexity: One product with J and one with Jᵀ.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func applyUndampedNormal(
    _ x: Span<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws {
    if !isDual, let normalProducts {
      try applyFused(normalProducts, x, into: &result)
    } else {
      try applyInTurn(x, into: &result)
    }
  }

  private func applyFused(
    _ normalProducts: some NormalProducts<Scalar>, _ x: Span<Scalar>,
    into result: inout MutableSpan<Scalar>
  ) throws {
    try ledger.cancellation.check()
    ledger.counts.jacobianProducts += 1
    ledger.counts.transposedJacobianProducts += 1
    try ledger.measure(.products) {
      try ledger.completing(&result, shardedRows, .products) {
        try normalProducts.applyNormal(x, curvature: curvatureFactor, into: &$0)
      }
    }
  }

  /// result ← Tᵀ(T x).
  private func applyInTurn(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    let memory = AlignedBuffer.resize(&scratch.productRows, to: rowCount)
    var intermediate = memory.mutableSpan
    try apply(x, into: &intermediate)
    try applyTransposed(intermediate.span, into: &result)
  }

  private func applyGram(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    guard let gramComputing else {
      let memory = AlignedBuffer.resize(&scratch.productColumns, to: columnCount)
      var intermediate = memory.mutableSpan
      try applyTransposed(u, into: &intermediate)
      try apply(intermediate.span, into: &result)
      return
    }
    try ledger.cancellation.check()
    ledger.counts.jacobianProducts += 1
    ledger.counts.transposedJacobianProducts += 1
    try withCurvature(times: u) { scaled in
      try ledger.measure(.products) {
        try ledger.completing(&result, shardedColumns, .products) {
          try gramComputing.applyGram(scaled, into: &$0)
        }
      }
    }
    curvatureFactor.multiplyTransposed(into: &result)
  }

  /// Calls `body` with C u.
  private func withCurvature(times u: Span<Scalar>, _ body: (Span<Scalar>) throws -> Void) throws {
    if case .identity = curvatureFactor {
      try body(u)
      return
    }
    let memory = AlignedBuffer.resize(&scratch.scaledRows, to: rowCount)
    var scaled = memory.mutableSpan
    Scalar.copy(u, into: &scaled)
    curvatureFactor.multiply(into: &scaled)
    try body(scaled.span)
  }
}
