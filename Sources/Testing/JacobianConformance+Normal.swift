import OptimKit

extension JacobianCheck {
  func normalProducts(
    of provider: any NormalProducts<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    for curvature in curvatures {
      let x = columnVector(0)
      let product = try normalProduct(x, curvature)
      let apply: () throws -> [Scalar] = {
        try filled(columnCount) {
          try provider.applyNormal(x.span, curvature: curvature, into: &$0)
        }
      }
      let actual = try apply()
      findings.requireClose(
        actual, product, scale: norm(product), tolerance: tolerance,
        "applyNormal is not the product with JᵀDJ")
      findings.requireSameBits(try apply(), actual, "applyNormal does not repeat its result")
      try findings.requireThreadInvariance("applyNormal", apply)
    }
  }

  func normal(
    of provider: any NormalComputing<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    for curvature in curvatures {
      let form: () throws -> [Scalar] = {
        let normal: [Scalar] = try filled(columnCount * columnCount) {
          try provider.computeNormal(curvature: curvature, into: &$0)
        }
        // Above the diagonal there may be anything.
        return (0..<columnCount).flatMap { normal[$0 * columnCount...$0 * columnCount + $0] }
      }
      let normal = try form()
      for column in 0..<columnCount {
        let expected = try normalProduct(unitVector(column, of: columnCount), curvature)
        let actual = (column..<columnCount).map { normal[$0 * ($0 + 1) / 2 + column] }
        findings.requireClose(
          actual, Array(expected[column...]), scale: norm(expected), tolerance: tolerance,
          "column \(column) of computeNormal is not that of JᵀDJ")
      }
      try findings.requireThreadInvariance("computeNormal", form)
    }
  }

  /// The identity, and a diagonal.
  private var curvatures: [CurvatureFactor<Scalar>] {
    let weights: [Scalar] = filled(rowCount) {
      key.with(iteration: 100).fillUniform(&$0, in: 0.5..<1.5)
    }
    return [.identity, .diagonal(weights)]
  }

  /// Jᵀ C Cᵀ J x by products.
  private func normalProduct(
    _ x: [Scalar], _ curvature: CurvatureFactor<Scalar>
  ) throws -> [Scalar] {
    let image = try jacobian.product(x)
    let weighted = weighted(image, curvature)
    return try jacobian.transposedProduct(weighted)
  }

  private func weighted(_ x: [Scalar], _ curvature: CurvatureFactor<Scalar>) -> [Scalar] {
    var result = x
    var span = result.mutableSpan
    curvature.multiplyTransposed(into: &span)
    curvature.multiply(into: &span)
    return result
  }
}
