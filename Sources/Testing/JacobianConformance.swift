import OptimKit

/// What is wrong with a Jacobian provider, in words; empty where nothing was found.
///
/// Checks what `LinearOperator`, `JacobianProvider` and the capabilities that the provider conforms
/// to promise, on random vectors:
///
/// - adjointness: ⟨u, J v⟩ = ⟨Jᵀu, v⟩;
/// - linearity of both products, that they overwrite their results, that equal calls give equal
///   bits, also from several threads at once;
/// - that products and what capabilities offer have the same bits for one, two and three threads;
/// - `RowAccessible`: row i equals Jᵀeᵢ, in blocks of any length;
/// - `SparseRows`: offsets never fall, columns ascend strictly, and row i equals Jᵀeᵢ;
/// - `SampledGram`: samples of left factors give what the Kronecker products of theirs do;
/// - `GramComputing`: the lower triangle and `applyGram` equal J Jᵀ from products;
/// - `NormalProducts` and `NormalComputing`: `applyNormal` and the lower triangle equal JᵀDJ from products, for D = I and
///   a diagonal D;
/// - `GramColumns`: the diagonal and columns, in any order, equal those of J Jᵀ from products;
/// - `KhatriRaoRows`: the Kronecker product of the factors of row i equals Jᵀeᵢ;
/// - `SinglePrecisionTransposing`: the product equals Jᵀu to within roundoffs of `Float`;
/// - `LeftFactorLanes`: lanes hold the left factors of their rows, and zeros beyond.
///
///     #expect(conformanceIssues(of: jacobian) == [])
///
/// - Parameters:
///   - jacobian: The provider; choose a small one.
///   - tolerance: The largest error, relative to the norms involved. The default, 64 √(n + p) times
///     the unit roundoff, suits sums of n or p terms; a deep model may need more.
///   - key: The source of the random vectors.
/// - Complexity: A dozen products, and 2n more where the provider has capabilities.
public func conformanceIssues<Scalar: RealScalar>(
  of jacobian: any JacobianProvider<Scalar>, tolerance: Scalar? = nil,
  key: RandomKey = RandomKey(seed: 0, purpose: "conformance of a Jacobian")
) -> [String] {
  let check = JacobianCheck(jacobian: jacobian, tolerance: tolerance, key: key)
  var findings = ConformanceFindings()
  findings.require(
    check.rowCount > 0 && check.columnCount > 0,
    "the Jacobian is \(check.rowCount) × \(check.columnCount): there is nothing to check")
  guard findings.issues.isEmpty else { return findings.issues }
  findings.attempt("a product with the Jacobian") {
    try check.adjointness(&$0)
    try check.linearity(&$0)
    try check.determinism(&$0)
  }
  if let rows = jacobian as? any RowAccessible<Scalar> {
    findings.attempt("copying rows") { try check.rows(of: rows, &$0) }
  }
  if let rows = jacobian as? any KhatriRaoRows<Scalar> {
    findings.attempt("copying Khatri-Rao factors") { try check.factors(of: rows, &$0) }
  }
  if let rows = jacobian as? any SparseRows<Scalar> {
    findings.attempt("copying sparse rows") { try check.sparseRows(of: rows, &$0) }
  }
  if let gram = jacobian as? any SampledGram<Scalar> {
    findings.attempt("computing the Gram matrix of a sample") {
      try check.sampledGram(of: gram, &$0)
    }
  }
  if let gram = jacobian as? any GramComputing<Scalar> {
    findings.attempt("computing the Gram matrix") { try check.gram(of: gram, &$0) }
  }
  if let products = jacobian as? any NormalProducts<Scalar> {
    findings.attempt("a product with the normal matrix") {
      try check.normalProducts(of: products, &$0)
    }
  }
  if let normal = jacobian as? any NormalComputing<Scalar> {
    findings.attempt("computing the normal matrix") { try check.normal(of: normal, &$0) }
  }
  if let products = jacobian as? any SinglePrecisionTransposing<Scalar> {
    findings.attempt("a transposed product in single precision") {
      try check.transposedProductInSinglePrecision(of: products, &$0)
    }
  }
  if let columns = jacobian as? any GramColumns<Scalar> {
    findings.attempt("copying columns of the Gram matrix") {
      try check.gramColumns(of: columns, &$0)
    }
  }
  return findings.issues
}

struct JacobianCheck<Scalar: RealScalar> {
  let jacobian: any JacobianProvider<Scalar>
  let rowCount: Int
  let columnCount: Int
  let tolerance: Scalar
  let key: RandomKey

  init(jacobian: any JacobianProvider<Scalar>, tolerance: Scalar?, key: RandomKey) {
    self.jacobian = jacobian
    rowCount = jacobian.rowCount
    columnCount = jacobian.columnCount
    self.tolerance =
      tolerance ?? 64 * Scalar(rowCount + columnCount).squareRoot() * Scalar.unitRoundoff
    self.key = key
  }

  /// Random vector `number` of the side of the columns.
  func columnVector(_ number: Int) -> [Scalar] {
    key.with(iteration: 2 * number).normalVector(columnCount)
  }

  /// Random vector `number` of the side of the rows.
  func rowVector(_ number: Int) -> [Scalar] {
    key.with(iteration: 2 * number + 1).normalVector(rowCount)
  }

  func adjointness(_ findings: inout ConformanceFindings) throws {
    for number in 0..<3 {
      let u = rowVector(number)
      let v = columnVector(number)
      let product = try jacobian.product(v)
      let transposed = try jacobian.transposedProduct(u)
      let left = Scalar.dot(u.span, product.span)
      let right = Scalar.dot(transposed.span, v.span)
      let scale = norm(u) * norm(product) + norm(transposed) * norm(v)
      findings.require(
        abs(left - right) <= tolerance * scale,
        "applyTransposed is not the adjoint of apply: ⟨u, Jv⟩ = \(left), ⟨Jᵀu, v⟩ = \(right)")
    }
  }

  func linearity(_ findings: inout ConformanceFindings) throws {
    let alpha: Scalar = 3
    let beta: Scalar = -0.625
    func check(
      _ name: String, _ x: [Scalar], _ y: [Scalar], _ product: ([Scalar]) throws -> [Scalar]
    ) throws {
      let images = (try product(x), try product(y))
      findings.requireClose(
        try product(combination(alpha, x, beta, y)),
        combination(alpha, images.0, beta, images.1),
        scale: abs(alpha) * norm(images.0) + abs(beta) * norm(images.1), tolerance: tolerance,
        "\(name) is not linear")
      let zero = try product(Scalar.zeros(x.count))
      findings.require(zero.allSatisfy { $0 == 0 }, "\(name) of the zero vector is not zero")
    }
    try check("apply", columnVector(0), columnVector(1)) { try jacobian.product($0) }
    try check("applyTransposed", rowVector(0), rowVector(1)) { try jacobian.transposedProduct($0) }
  }

  func determinism(_ findings: inout ConformanceFindings) throws {
    let v = columnVector(0)
    let u = rowVector(0)
    let jacobian = jacobian
    let expected = (try jacobian.product(v), try jacobian.transposedProduct(u))
    let repeated = try concurrently(4) { _ in
      (try jacobian.product(v), try jacobian.transposedProduct(u))
    }
    for result in repeated {
      findings.requireSameBits(result.0, expected.0, "apply does not repeat its result")
      findings.requireSameBits(result.1, expected.1, "applyTransposed does not repeat its result")
    }
    try findings.requireThreadInvariance("apply") { try jacobian.product(v) }
    try findings.requireThreadInvariance("applyTransposed") { try jacobian.transposedProduct(u) }
  }
}
