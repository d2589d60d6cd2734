/// The Jacobian J of a model's outputs at one point: `rowCount` outputs by `columnCount` parameters.
///
/// `apply` is the Jacobian-vector product (forward mode), `applyTransposed` the vector-Jacobian product
/// (reverse mode). They suffice for conjugate gradients. A provider that can do more says so by
/// conforming to a capability as well; solvers look for capabilities once, when they prepare:
///
/// | capability | what it makes possible |
/// |---|---|
/// | ``RowAccessible`` | sketching by streamed rows |
/// | ``SparseRows`` | normal matrices and sketches at the cost of the nonzeros |
/// | ``KhatriRaoRows`` | sketching without ever forming a row |
/// | ``LeftFactorLanes`` | the same, faster where left factors are written in lanes |
/// | ``GramComputing`` | an exact Gram matrix faster than by rows |
/// | ``NormalProducts`` | products with JᵀDJ in one pass |
/// | ``NormalComputing`` | those, and an exact JᵀDJ faster than by rows |
/// | ``GramColumns`` | low-rank preconditioners from a few columns of the Gram matrix |
/// | ``SampledGram`` | preconditioning from a sample of the left Kronecker factors |
/// | ``SinglePrecisionTransposing`` | steps from a factor in single precision in less time |
///
/// - Implementor must: keep what it needs of the point it was made at; the model may move on.
public protocol JacobianProvider<Scalar>: LinearOperator {
  /// The Jacobian as one that can write out its rows; nil where it cannot.
  ///
  /// By default itself where it conforms to ``RowAccessible``. A requirement because asking for a conformance at run time
  /// takes microseconds, which every step of a small fit would pay.
  var rowAccess: (any RowAccessible<Scalar>)? { get }
}

extension JacobianProvider {
  /// The Jacobian itself where it conforms to ``RowAccessible``.
  public var rowAccess: (any RowAccessible<Scalar>)? { self as? any RowAccessible<Scalar> }
}

extension RowAccessible {
  /// The Jacobian itself.
  public var rowAccess: (any RowAccessible<Scalar>)? { self }
}

/// A Jacobian that can write out a block of its rows (per-sample gradients).
public protocol RowAccessible<Scalar>: JacobianProvider {
  /// result ← rows `rows` of J, one after the other, `columnCount` elements each.
  ///
  /// - Implementor must: allow calls from several threads at once.
  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) throws
}

/// A Jacobian whose row Gram matrix K = J Jᵀ has structure that beats forming it from rows.
public protocol GramComputing<Scalar>: JacobianProvider {
  /// Lower triangle of result ← J Jᵀ, row-major, `rowCount` square. The rest is left undefined.
  func computeGram(into result: inout MutableSpan<Scalar>) throws

  /// result ← J Jᵀ u, both of `rowCount` elements.
  func applyGram(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws
}

/// A Jacobian that can compute the diagonal and single columns of its row Gram matrix K = J Jᵀ faster than by
/// products.
public protocol GramColumns<Scalar>: JacobianProvider {
  /// result ← the diagonal of J Jᵀ, of `rowCount` elements.
  func copyGramDiagonal(into result: inout MutableSpan<Scalar>) throws

  /// Row i of result ← column `columns[i]` of J Jᵀ, `rowCount` elements each.
  ///
  /// - Caller must: pass numbers of columns, in any order.
  func copyGramColumns(_ columns: [Int], into result: inout MutableSpan<Scalar>) throws
}

/// A Jacobian whose row i is the Kronecker product lᵢ ⊗ rᵢ of two short vectors: parameter
/// a · `rightFactorCount` + b of row i is lᵢ[a] · rᵢ[b].
///
/// The derivative of any dense layer with respect to its weights has this form.
public protocol KhatriRaoRows<Scalar>: JacobianProvider {
  /// The length of the left vectors; times `rightFactorCount` it is `columnCount`.
  var leftFactorCount: Int { get }

  /// The length of the right vectors.
  var rightFactorCount: Int { get }

  /// result ← elements `elements` of lᵢ for i in `rows`, row after row.
  ///
  /// - Implementor must: allow calls from several threads at once.
  func copyLeftFactors(
    rows: Range<Int>, elements: Range<Int>, into result: inout MutableSpan<Scalar>) throws

  /// result ← rᵢ for i in `rows`, row after row.
  ///
  /// - Implementor must: allow calls from several threads at once.
  func copyRightFactors(rows: Range<Int>, into result: inout MutableSpan<Scalar>) throws
}

/// A Jacobian of Khatri-Rao rows that writes left vectors side by side faster than one after the other.
public protocol LeftFactorLanes<Scalar>: KhatriRaoRows {
  /// Row a of result ← element `elements.lowerBound` + a of lᵢ for i in `rows`, then zeros: `lanes` elements
  /// each.
  ///
  /// - Caller must: pass `lanes`, no fewer than rows, as a multiple of `Lanes.width(of: Scalar.self)`, and a
  ///   result of `elements.count` · `lanes` elements, 64-byte aligned.
  /// - Implementor must: write every element; allow calls from several threads at once.
  func copyLeftFactors(
    rows: Range<Int>, elements: Range<Int>, lanes: Int, into result: inout MutableSpan<Scalar>
  ) throws
}

/// A Jacobian of Khatri-Rao rows that computes the part of its row Gram matrix that some of the parameters have
/// faster than by their columns.
public protocol SampledGram<Scalar>: KhatriRaoRows {
  /// Lower triangle of result ← J P Jᵀ, row-major, `rowCount` square, where P keeps the parameters of left
  /// elements `ranges`. The rest is left undefined.
  ///
  /// - Caller must: pass ranges of 0 ..< `leftFactorCount`; elements that are given twice count twice.
  func computeGram(
    ofLeftElements ranges: [Range<Int>], into result: inout MutableSpan<Scalar>) throws
}

/// A Jacobian whose transposed product takes less time where single precision suffices.
///
/// A step Jᵀu from a u that was solved for with a factor in single precision is not made worse by it: the error of either
/// leaves a residual of some roundoffs of `Float` times the condition number of J Jᵀ.
public protocol SinglePrecisionTransposing<Scalar>: JacobianProvider {
  /// result ← Jᵀu to within some roundoffs of `Float`, relative to |J|ᵀ|u|.
  func applyTransposedInSinglePrecision(
    _ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws
}
