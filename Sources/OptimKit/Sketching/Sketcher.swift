/// A distribution of random matrices S that shorten the long side of a tall matrix A while keeping the
/// geometry of its column space: ‖S A x‖ ≈ ‖A x‖ for all x at once.
///
/// A sketcher is a small value without a scalar type, to be stored and compared; `makeSketch` draws one
/// matrix from it. Solvers draw through `DampedSystem.makeSketch(from:rows:key:)`, which looks for what
/// a sketcher can do beyond that:
///
/// | capability | what it makes possible |
/// |---|---|
/// | ``KhatriRaoSketcher`` | sketching Khatri-Rao rows from their factors |
/// | ``LeftFactorSampler`` | a sketched Gram matrix without the sketch |
/// | ``SystemSketcher`` | a distribution that depends on the system |
///
/// - Caller must: choose `rows` several times the number of columns of A (4 is the usual choice).
/// - Implementor must: make E[SᵀS] = I, so that S neither shrinks nor stretches on average; make the matrix
///   a function of its arguments alone, whatever the number of threads.
/// - Implementor may: draw fewer rows than asked for, where more cannot help; the sketch tells its number.
public protocol Sketcher: Codable, Hashable, Sendable {
  /// The name used on command lines and in reports, such as "sparse-sign".
  var name: String { get }

  /// Draws a matrix of up to `rows` rows and `columns` columns.
  ///
  /// - Throws: ``OptimKitError`` where an option of the sketcher is outside its domain.
  func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch

  /// The work of drawing a matrix of `rows` × `columns` and applying it to `vectors` vectors in cache, for
  /// solvers that choose; that of a matrix product by default.
  func work(rows: Int, columns: Int, vectors: Int) -> Work
}

extension Sketcher {
  /// 2 rows · columns operations for each vector.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    Work(matrixOperations: 2 * Double(rows) * Double(columns) * Double(vectors))
  }
}

/// One random matrix S, applied to a tall matrix A block of rows by block of rows:
/// S A = Σ_b S[:, block b] A[block b, :].
///
/// Blocks may be visited in any order, on any machine, so a sketch of sharded data is the sum of the
/// sketches of its shards. Columns of A travel together in lanes: a block is `blockRowCount` rows of
/// `lanes` elements, row-major, 64-byte aligned, with `lanes` a multiple of `Lanes.width(of: Scalar.self)`.
///
/// - Implementor must: be linear, and depend on the block's content and number alone.
public protocol Sketch: Sendable {
  /// The number s of rows of S.
  var rowCount: Int { get }

  /// The number of columns of S, the length of A's long side.
  var columnCount: Int { get }

  /// The number of rows in each block; block b holds rows b · `blockRowCount` and on.
  var blockRowCount: Int { get }

  /// Whether a visit to a block is so dear, whatever the number of lanes, that it should serve as many
  /// of them as memory allows; false by default. Visits are then made one after the other, and the
  /// sketch shares out its work over threads.
  var prefersManyLanes: Bool { get }

  /// Whether block `number` has a share in S A at all; true by default. Blocks that no sketch needs are
  /// never made.
  func needsBlock(_ number: Int) -> Bool

  /// sum ← sum + S[:, block] · block.
  ///
  /// - Caller must: pad the last block with rows of zeros; pass a sum of `rowCount` rows of `lanes`
  ///   elements, row-major, 64-byte aligned.
  /// - Implementor must: allow calls from several threads at once.
  /// - Implementor may: overwrite the block.
  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>)
}

extension Sketch {
  /// The number of blocks that cover the long side.
  public var blockCount: Int { (columnCount + blockRowCount - 1) / blockRowCount }

  /// False.
  public var prefersManyLanes: Bool { false }

  /// True.
  public func needsBlock(_ number: Int) -> Bool { true }
}

/// Lanes: groups of columns that kernels work on side by side.
public enum Lanes {
  /// The number of scalars in a group: 64 bytes' worth, 8 `Double`s or 16 `Float`s.
  public static func width<Scalar: RealScalar>(of type: Scalar.Type) -> Int {
    64 / MemoryLayout<Scalar>.stride
  }
}
