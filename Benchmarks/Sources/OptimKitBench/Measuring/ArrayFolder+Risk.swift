import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting

extension ArrayFolder {
  private static let riskKey = RandomKey(seed: 0, purpose: "convex risk")

  /// X and y of a convex risk: Gaussian columns whose scales grow geometrically over three orders of magnitude, and
  /// targets of the loss at outputs of a deviation of about 1.5 for classes, 0.7 for counts.
  static func risk(samples: Int, features: Int, loss: RiskLoss) throws -> ArrayFolder {
    let scales = (0..<features).map {
      pow(10, 3 * (Double($0) / Double(max(features - 1, 1)) - 0.5))
    }
    var matrix = Matrix<Double>(rowCount: samples, columnCount: features)
    matrix.withMutableElements {
      riskKey.fillNormal(&$0)
      for first in stride(from: 0, to: $0.count, by: features) {
        for column in 0..<features { $0[first + column] *= scales[column] }
      }
    }
    let deviation = loss == .poisson ? 0.7 : 1.5
    var weights = riskKey.with(iteration: 1).normals(features)
    for column in 0..<features {
      weights[column] *= deviation / (scales[column] * Double(features).squareRoot())
    }
    var outputs = Double.zeros(samples)
    var span = outputs.mutableSpan
    DenseJacobian(matrix).apply(weights.span, into: &span)
    let folder = try ArrayFolder()
    try folder.add("X", matrix)
    try folder.add("y", targets(loss, outputs: outputs))
    return folder
  }

  /// A sparse X in three arrays and y: `stored` Gaussian elements a row, in columns evenly drawn, and two classes.
  static func sparseRisk(samples: Int, features: Int, stored: Int) throws -> ArrayFolder {
    let values = riskKey.normals(samples * stored)
    let weights = riskKey.with(iteration: 1).normals(features)
    let draws = riskKey.with(iteration: 3).uniforms(samples * stored)
    var columns = Double.zeros(samples * stored)
    var outputs = Double.zeros(samples)
    let width = features / stored
    for sample in 0..<samples {
      // One in each of as many strips: ascending and different.
      for strip in 0..<stored {
        let place = sample * stored + strip
        let column = strip * width + Int(draws[place] * Double(width))
        columns[place] = Double(column)
        outputs[sample] += values[place] * weights[column] / Double(stored).squareRoot()
      }
    }
    let folder = try ArrayFolder()
    try folder.add("values", values)
    try folder.add("columns", columns)
    try folder.add("offsets", (0...samples).map { Double($0 * stored) })
    try folder.add("columnCount", [Double(features)])
    try folder.add("y", targets(.logistic, outputs: outputs))
    return folder
  }

  private static func targets(_ loss: RiskLoss, outputs: [Double]) -> [Double] {
    zip(outputs, riskKey.with(iteration: 2).uniforms(outputs.count)).map { output, uniform in
      switch loss {
      case .logistic: return uniform < 1 / (1 + exp(-output)) ? 1 : 0
      case .poisson:
        // The distribution function, inverted.
        let mean = exp(output)
        var (count, probability) = (0.0, exp(-mean))
        var sum = probability
        while sum < uniform, count < 1000 {
          count += 1
          probability *= mean / count
          sum += probability
        }
        return count
      }
    }
  }
}

extension RandomKey {
  fileprivate func normals(_ count: Int) -> [Double] {
    var result = Double.zeros(count)
    var span = result.mutableSpan
    fillNormal(&span)
    return result
  }

  fileprivate func uniforms(_ count: Int) -> [Double] {
    var result = Double.zeros(count)
    var span = result.mutableSpan
    fillUniform(&span)
    return result
  }
}
