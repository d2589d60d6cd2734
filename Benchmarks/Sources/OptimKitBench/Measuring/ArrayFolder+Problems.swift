import OptimKit
import OptimKitModels
import OptimKitTesting

extension ArrayFolder {
  /// X, y, a and W₀ of a two-layer ReLU network on random data: Gaussian rows of unit length, targets
  /// uniform on −1..<1, weights standard normal.
  static func training(_ shape: NetworkShape) throws -> ArrayFolder {
    let key = RandomKey(seed: 0, purpose: .data)
    var features = Matrix<Double>(rowCount: shape.samples, columnCount: shape.features)
    features.withMutableElements { key.fillNormal(&$0) }
    for i in 0..<shape.samples {
      let norm = Double.norm(Array(features.row(i)).span)
      for j in 0..<shape.features { features[i, j] /= norm }
    }
    var targets = Matrix<Double>(rowCount: shape.samples, columnCount: 1)
    targets.withMutableElements { key.with(iteration: 1).fillUniform(&$0, in: -1..<1) }
    let network = try TwoLayerReLU(features: features, width: shape.width)
    let folder = try ArrayFolder()
    try folder.add("X", features)
    try folder.add("y", targets.storage)
    try folder.add("a", network.signs.storage)
    try folder.add(
      "W0",
      Matrix(
        rowCount: shape.width, columnCount: shape.features, storage: network.initialParameters()))
    return folder
  }

  /// A of the given condition number, tall or wide, singular values falling geometrically, and b = A x₀ plus a
  /// tenth of noise.
  static func regression(rows: Int, columns: Int, conditionNumber: Double) throws -> ArrayFolder {
    let tall: Matrix<Double> = try tallMatrix(
      rows: max(rows, columns), columns: min(rows, columns), conditionNumber: conditionNumber)
    let matrix = rows >= columns ? tall : tall.transposed()
    let key = RandomKey(seed: 0, purpose: "right-hand side")
    var solution = Matrix<Double>(rowCount: columns, columnCount: 1)
    solution.withMutableElements { key.fillNormal(&$0) }
    var noise = Matrix<Double>(rowCount: rows, columnCount: 1)
    noise.withMutableElements { key.with(iteration: 1).fillNormal(&$0) }
    var target = noise
    target.withMutableElements {
      DenseJacobian(matrix).apply(solution.storage.span, into: &$0)
      let scale = Double.norm($0.span) / Double.norm(noise.storage.span) / 10
      Double.add(scale, noise.storage.span, to: &$0)
    }
    let folder = try ArrayFolder()
    try folder.add("A", matrix)
    try folder.add("b", target.storage)
    return folder
  }
}

/// The sizes of a training.
struct NetworkShape: Sendable {
  /// n.
  var samples: Int
  /// d.
  var features: Int
  /// m.
  var width: Int

  var title: String { "n \(samples), d \(features), m \(width)" }
}
