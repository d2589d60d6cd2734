import ExampleSupport
import Foundation
import OptimKit
import OptimKitModels

/// The problem that the theory is about: a two-layer network on Gaussian rows of unit length, with targets uniform on
/// −1...1, signs and standard normal weights, all drawn from a seed. The data do not depend on the width.
package struct WideProblem: Sendable {
  /// n, d and m.
  package struct Shape: Hashable, Sendable {
    package var samples: Int
    package var features: Int
    package var width: Int

    /// Creates a shape.
    package init(samples: Int, features: Int, width: Int) {
      self.samples = samples
      self.features = features
      self.width = width
    }
  }

  /// ½‖f − y‖².
  package let objective: LeastSquares<TwoLayerReLU<Double>>
  /// W₀.
  package let start: [Double]
  /// n, d and m.
  package let shape: Shape
  private let rows: Matrix<Double>

  /// The network.
  package var network: TwoLayerReLU<Double> { objective.model }

  /// Makes a problem.
  ///
  /// - Parameter distance: How far apart the two rows of each pair are, about, where rows are to come in pairs; the
  ///   closer, the worse J is conditioned.
  /// - Throws: `OptimKitError` where a size is not positive.
  package init(_ shape: Shape, pairsAtDistance distance: Double? = nil, seed: UInt64) throws {
    let key = RandomKey(seed: seed, purpose: .data)
    var features = Matrix<Double>(rowCount: shape.samples, columnCount: shape.features)
    features.withMutableElements { key.fillNormal(&$0) }
    if let distance {
      for row in stride(from: 1, to: shape.samples, by: 2) {
        for column in 0..<shape.features {
          features[row, column] = features[row - 1, column] + distance * features[row, column]
        }
      }
    }
    features.scaleRowsToUnitLength()
    var targets = Double.zeros(shape.samples)
    var span = targets.mutableSpan
    key.with(iteration: 1).fillUniform(&span, in: -1..<1)
    let network = try TwoLayerReLU(features: features, width: shape.width, seed: seed)
    rows = features
    objective = try LeastSquares(network, targets: targets)
    start = network.initialParameters(seed: seed)
    self.shape = shape
  }

  /// λ, the least eigenvalue of the Gram matrix in the limit of infinite width,
  /// Hᵢⱼ = xᵢᵀxⱼ (π − arccos xᵢᵀxⱼ) / 2π.
  ///
  /// - Complexity: O(n² d + n³).
  package func limitingEigenvalue() throws -> Double {
    let count = shape.samples
    var gram = Matrix<Double>(rowCount: count, columnCount: count)
    let storage = rows.storage
    gram.withMutableElements {
      Double.addGram(of: storage.span, .plain, order: count, inner: shape.features, into: &$0)
    }
    for i in 0..<count {
      for j in 0...i {
        // A row with itself makes an angle of 0, which acos of a rounded cosine would miss by 1e-8.
        let cosine = min(1, max(-1, gram[i, j]))
        let angle = i == j ? 0 : acos(cosine)
        gram[i, j] = cosine * (.pi - angle) / (2 * .pi)
      }
    }
    return try gram.symmetricEigenvalues().smallest
  }

  /// The Jacobian at W, and f.
  func linearize(
    at parameters: [Double]
  ) throws -> (jacobian: TwoLayerReLUJacobian<Double>, outputs: [Double]) {
    var outputs = Double.zeros(network.outputCount)
    var span = outputs.mutableSpan
    let jacobian = network.linearize(at: parameters.span, outputs: &span)
    return (jacobian, outputs)
  }
}
