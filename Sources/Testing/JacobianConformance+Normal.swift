import OptimKit

extension JacobianCheck {
  func normal(
    of provider: any NormalComputing<Scalar>, _ findings: inout ConformanceFindings
  ) throws {
    let weights: [Scalar] = filled(rowCount) {
      key.with(iteration: 100).fillUniform(&$0, in: 0.5..<1.5)
    }
    for curvature in [CurvatureFactor.identity, .diagonal(weights)] {
      func expected(_ x: [Scalar]) throws -> [Scalar] {
        var image = try jacobian.product(x)
        var span = image.mutableSpan
        curvature.multiplyTransposed(into: &span)
        curvature.multiply(into: &span)
        return try jacobian.transposedProduct(image)
      }
      let form: () throws -> [Scalar] = {
        let normal: [Scalar] = try filled(columnCount * columnCount) {
          try provider.computeNormal(curvature: curvature, into: &$0)
        }
        // Above the diagonal there may be anything.
        return (0..<columnCount).flatMap { normal[$0 * columnCount...$0 * columnCount + $0] }
      }
      let normal = try form()
      for column in 0..<columnCount {
        let column = (column, try expected(unitVector(column, of: columnCount)))
        let actual = (column.0..<columnCount).map { normal[$0 * ($0 + 1) / 2 + column.0] }
        findings.requireClose(
          actual, Array(column.1[column.0...]), scale: norm(column.1), tolerance: tolerance,
          "column \(column.0) of computeNormal is not that of JᵀDJ")
      }
      let x = columnVector(0)
      let apply = {
        try filled(columnCount) {
          try provider.applyNormal(x.span, curvature: curvature, into: &$0)
        }
      }
      let product = try expected(x)
      let actual: [Scalar] = try apply()
      findings.requireClose(
        actual, product, scale: norm(product), tolerance: tolerance,
        "applyNormal is not the product with JᵀDJ")
      findings.requireSameBits(try apply(), actual, "applyNormal does not repeat its result")
      try findings.requireThreadInvariance("applyNormal", apply)
      try findings.requireThreadInvariance("computeNormal", form)
    }
  }
}
