import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// A shape of linear model, with random features some of which are zero.
struct LinearCase: CustomTestStringConvertible, Sendable {
  var samples: Int
  var features: Int
  var outputs = 1
  var hasIntercept = true
  var isStandardized = false

  var testDescription: String {
    "n \(samples), d \(features), k \(outputs)\(hasIntercept ? ", intercept" : "")"
      + (isStandardized ? ", standardized" : "")
  }

  static let all = [
    LinearCase(samples: 23, features: 5), LinearCase(samples: 23, features: 5, hasIntercept: false),
    LinearCase(samples: 23, features: 5, isStandardized: true),
    LinearCase(samples: 12, features: 3, outputs: 4),
    LinearCase(samples: 12, features: 3, outputs: 3, isStandardized: true),
    LinearCase(samples: 12, features: 3, outputs: 2, hasIntercept: false, isStandardized: true),
    LinearCase(samples: 4, features: 9, outputs: 2), LinearCase(samples: 1, features: 1),
    // Rows are read in several blocks, and pieces.
    LinearCase(samples: 5000, features: 40, isStandardized: true),
    LinearCase(samples: 9000, features: 4, outputs: 3),
  ]

  func matrix<Scalar: RealScalar>(of type: Scalar.Type = Scalar.self) -> Matrix<Scalar> {
    let key = RandomKey(seed: UInt64(samples * 100 + features), purpose: "linear case")
    var result: Matrix<Scalar> = key.normalMatrix(samples, features)
    for i in 0..<samples {
      for j in 0..<features {
        result[i, j] = (i + 2 * j) % 5 == 1 ? 0 : result[i, j] * Scalar(j + 1) + Scalar(j % 3)
      }
    }
    return result
  }

  func dense<Scalar: RealScalar>(
    _: Scalar.Type = Scalar.self
  ) throws -> LinearModel<DenseFeatures<Scalar>> {
    try LinearModel(
      features: matrix(), outputsPerSample: outputs, hasIntercept: hasIntercept,
      isStandardized: isStandardized)
  }

  func sparse<Scalar: RealScalar>(
    _: Scalar.Type = Scalar.self
  ) throws -> LinearModel<SparseFeatures<Scalar>> {
    try LinearModel(
      features: try SparseMatrix(matrix()), outputsPerSample: outputs, hasIntercept: hasIntercept,
      isStandardized: isStandardized)
  }
}
