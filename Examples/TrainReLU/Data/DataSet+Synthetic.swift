import ExampleSupport
import OptimKit

extension DataSet {
  /// Gaussian rows scaled to unit length, with targets uniform on -1...1; nothing to learn but the
  /// samples themselves, so all of them are for training.
  static func synthetic(_ options: Options) throws -> Self {
    let count = options.samples ?? 512
    let dimension = options.dimension ?? 64
    let outputs = options.outputs ?? 1
    try MemoryBudget.require(
      bytes: Double(count) * (Double(dimension) + Double(outputs))
        * Double(MemoryLayout<Scalar>.stride),
      for: "data of \(count) samples with \(dimension) features and \(outputs) outputs",
      remedy: "give smaller --samples, --dimension or --outputs")
    let key = RandomKey(seed: UInt64(options.seed), purpose: .data)
    var features = Matrix<Scalar>(rowCount: count, columnCount: dimension)
    features.withMutableElements { key.fillNormal(&$0) }
    features.scaleRowsToUnitLength()
    var targets = Matrix<Scalar>(rowCount: count, columnCount: outputs)
    targets.withMutableElements { key.with(iteration: 1).fillUniform(&$0, in: -1..<1) }
    return Self(
      name: "synthetic, targets uniform on -1...1", task: .regression,
      training: Part(features: features, targets: targets),
      remark: "Gaussian rows scaled to unit length, as the theory assumes")
  }
}
