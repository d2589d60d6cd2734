import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// Products with sparse features of thousands of rows, summed by several pieces of the rows or with the transposed matrix.
@Suite struct SparseProductsTests {
  static let key = RandomKey(seed: 12, purpose: "sparse products")

  struct Case: CustomTestStringConvertible, Sendable {
    var features: Int
    var outputs: Int
    var hasIntercept: Bool
    var isStandardized: Bool

    var testDescription: String {
      "d \(features), k \(outputs), intercept \(hasIntercept), standardized \(isStandardized)"
    }

    /// 3000 rows of 44 elements, the last and some others empty: eight pieces with 400 columns; with 2200 too few, so
    /// that the transposed matrix is kept.
    static let all = [
      Case(features: 400, outputs: 1, hasIntercept: false, isStandardized: false),
      Case(features: 400, outputs: 1, hasIntercept: true, isStandardized: true),
      Case(features: 400, outputs: 3, hasIntercept: true, isStandardized: true),
      Case(features: 2200, outputs: 1, hasIntercept: true, isStandardized: false),
    ]

    var matrix: SparseMatrix<Double> {
      get throws {
        let draws: [Double] = key.normalVector(3000 * 44)
        var triplets: [SparseMatrix<Double>.Triplet] = []
        for row in 0..<3000 where row % 500 != 499 {
          for place in 0..<44 {
            let value = draws[row * 44 + place]
            let column = (row * 31 + place * (features / 44) + place * row % 7) % features
            triplets.append(.init(row: row, column: column, value: value))
          }
        }
        return try SparseMatrix(rowCount: 3000, columnCount: features, triplets: triplets)
      }
    }
  }

  @Test(arguments: Case.all)
  func productsFollowTheDefinition(example: Case) throws {
    let matrix = try example.matrix
    let x: [Double] = Self.key.with(iteration: 1).normalVector(example.features)
    let u: [Double] = Self.key.with(iteration: 2).normalVector(3000)
    var image = Double.zeros(3000)
    var transposedImage = Double.zeros(example.features)
    for row in 0..<3000 {
      for place in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        let column = Int(matrix.columnIndices[place])
        image[row] += matrix.values[place] * x[column]
        transposedImage[column] += matrix.values[place] * u[row]
      }
    }
    let product: [Double] = filled(3000) { matrix.apply(x.span, into: &$0) }
    let transposed: [Double] = filled(example.features) {
      matrix.applyTransposed(u.span, into: &$0)
    }
    #expect(distance(product, image) <= 1e-14 * norm(image))
    #expect(distance(transposed, transposedImage) <= 1e-13 * norm(transposedImage))
  }

  @Test(arguments: Case.all)
  func fusedProductsAreProductsInTurn(example: Case) throws {
    let model = try LinearModel(
      features: example.matrix, outputsPerSample: example.outputs,
      hasIntercept: example.hasIntercept, isStandardized: example.isStandardized)
    let x: [Double] = Self.key.with(iteration: 3).normalVector(model.parameterCount)
    var outputs = Double.zeros(model.outputCount)
    var span = outputs.mutableSpan
    let jacobian = model.linearize(at: x.span, outputs: &span)
    let order = example.outputs
    var factors: [Double] = Self.key.with(iteration: 4).normalVector(model.outputCount * order)
    for index in factors.indices { factors[index] = 0.5 + abs(factors[index]) }
    let blocks: CurvatureFactor<Double> =
      order > 1 ? .blocks(order: order, elements: factors) : .diagonal(factors)
    for curvature in [blocks, .identity] {
      var image = try jacobian.product(x)
      Self.weigh(&image, by: curvature)
      let expected = try jacobian.transposedProduct(image)
      func apply() -> [Double] {
        filled(model.parameterCount) {
          jacobian.applyNormal(x.span, curvature: curvature, into: &$0)
        }
      }
      let actual = apply()
      #expect(distance(actual, expected) <= 1e-13 * norm(expected))
      for threads in [1, 3] {
        #expect(haveSameBits(ThreadPool.withThreadCount(threads) { apply() }, actual))
      }
    }
  }

  private static func weigh(_ x: inout [Double], by curvature: CurvatureFactor<Double>) {
    var span = x.mutableSpan
    curvature.multiplyTransposed(into: &span)
    curvature.multiply(into: &span)
  }
}
