import ExampleSupport
import OptimKit

/// Features, targets, and what is to be fitted to them.
struct FitData<Scalar: RealScalar> {
  /// Dense or sparse features.
  enum Features {
    /// Row-major.
    case dense(Matrix<Scalar>)
    /// In compressed rows.
    case sparse(SparseMatrix<Scalar>)

    /// n and d.
    var shape: (samples: Int, features: Int) {
      switch self {
      case .dense(let matrix): (matrix.rowCount, matrix.columnCount)
      case .sparse(let matrix): (matrix.rowCount, matrix.columnCount)
      }
    }
  }

  /// Where the data come from, in a few words.
  let name: String
  /// One row a sample.
  let features: Features
  /// One a sample; for softmax the number of its class.
  let targets: [Scalar]
  /// What is fitted.
  let loss: LossChoice
  /// λ.
  let ridge: Double
  /// Whether there is an intercept.
  let hasIntercept: Bool
  /// Whether columns are standardised.
  let isStandardized: Bool
  /// Which samples of how many these are, where ranks share them out; nil where they are all.
  var part: (range: Range<Int>, wholeCount: Int)?

  /// n over all ranks, and d.
  var shape: (samples: Int, features: Int) {
    (part?.wholeCount ?? features.shape.samples, features.shape.features)
  }

  /// The outputs of each sample: one a class for softmax, one otherwise.
  ///
  /// - Throws: `OptimKitError` where a class is no whole number, or there is one class only.
  func outputsPerSample() throws -> Int {
    guard loss == .softmax else { return 1 }
    if let index = targets.firstIndex(where: { !($0 >= 0 && $0 == $0.rounded() && $0 < 10_000) }) {
      throw OptimKitError(
        .invalidArgument, cause: "target \(index) is \(targets[index]), which is no class",
        remedy: "number classes from 0 to 9999")
    }
    let largest = Double(targets.max() ?? 0)
    let classes = Int(try Ranks.reduction?.gather(largest).max() ?? largest) + 1
    guard classes > 1 else {
      throw OptimKitError(
        .invalidArgument, cause: "all targets are of class 0", remedy: "give two classes or more")
    }
    return classes
  }

  /// One target an output.
  func outputTargets() throws -> [Scalar] {
    guard loss == .softmax else { return targets }
    let outputs = try outputsPerSample()
    var result = Scalar.zeros(targets.count * outputs)
    for (sample, target) in targets.enumerated() { result[sample * outputs + Int(target)] = 1 }
    return result
  }
}
