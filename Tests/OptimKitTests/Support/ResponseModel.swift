import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting

/// φ(X θ), element by element: a small model with a Jacobian that is known in closed form.
struct ResponseModel<Scalar: RealScalar>: Restrictable {
  enum Response: Sendable {
    case identity
    case sine
    /// Has a kink at zero.
    case magnitude

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .identity: x
      case .sine: sin(x)
      case .magnitude: abs(x)
      }
    }

    func slope(_ x: Double) -> Double {
      switch self {
      case .identity: 1
      case .sine: cos(x)
      case .magnitude: x < 0 ? -1 : 1
      }
    }
  }

  var features: Matrix<Scalar>
  var response = Response.identity
  var outputsPerSample = 1
  /// What the Jacobian is multiplied by: anything but 1 is a bug.
  var jacobianScale: Scalar = 1

  var parameterCount: Int { features.columnCount }
  var outputCount: Int { features.rowCount }

  func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) {
    DenseJacobian(features).apply(parameters, into: &outputs)
    for i in outputs.indices { outputs[i] = Scalar(response(Double(outputs[i]))) }
  }

  func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) -> DenseJacobian<Scalar> {
    DenseJacobian(features).apply(parameters, into: &outputs)
    var jacobian = features
    for i in 0..<features.rowCount {
      let slope = Scalar(response.slope(Double(outputs[i]))) * jacobianScale
      for j in 0..<features.columnCount { jacobian[i, j] *= slope }
    }
    evaluate(at: parameters, into: &outputs)
    return DenseJacobian(jacobian)
  }

  func restricted(to samples: [Int]) throws -> Self {
    guard samples.allSatisfy((0..<sampleCount).contains), !samples.isEmpty else {
      throw OptimKitError(.invalidArgument, cause: "no such sample", remedy: "choose another")
    }
    var result = self
    result.features = features.selectingRows(
      samples.flatMap { $0 * outputsPerSample..<($0 + 1) * outputsPerSample })
    return result
  }
}

/// ½ (f − y)², or ¼ (f − y)⁴, weighted.
struct PowerLoss: Loss {
  enum Power: String, Codable { case two, four }

  var power = Power.two
  var isConvex = true
  /// What the gradient and the curvature are multiplied by: anything but 1 is a bug.
  var gradientScale = 1.0
  var curvatureScale = 1.0
  /// The largest target in the domain.
  var largestTarget = Double.infinity

  func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws {
    for i in targets.indices where Double(targets[i]) > largestTarget {
      throw OptimKitError(.invalidArgument, cause: "target \(i) is too large", remedy: "scale it")
    }
  }

  func value<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int
  ) -> Scalar {
    var sum = Scalar(0)
    for i in outputs.indices {
      let square = (outputs[i] - targets[i]) * (outputs[i] - targets[i])
      sum += weights[i / outputsPerSample] * (power == .two ? square / 2 : square * square / 4)
    }
    return sum
  }

  func linearize<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int,
    gradient: inout MutableSpan<Scalar>, curvatureFactor: inout MutableSpan<Scalar>
  ) -> Scalar {
    for i in outputs.indices {
      let weight = weights[i / outputsPerSample]
      let residual = outputs[i] - targets[i]
      let slope = power == .two ? residual : residual * residual * residual
      let curvature = power == .two ? 1 : 3 * residual * residual
      gradient[i] = Scalar(gradientScale) * weight * slope
      curvatureFactor[i] = (Scalar(curvatureScale) * weight * curvature).squareRoot()
    }
    return value(
      outputs: outputs, targets: targets, weights: weights, outputsPerSample: outputsPerSample)
  }
}
