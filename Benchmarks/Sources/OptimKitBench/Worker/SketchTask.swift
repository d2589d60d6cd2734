import OptimKit
import OptimKitModels
import OptimKitTesting

/// One sketch of 4 rows a column: of a dense tall matrix A where there is one, else of the Jacobian of a
/// network. Drawing the sketch is part of the time.
struct SketchTask: WorkerTask {
  private let jacobian: any JacobianProvider<Double>
  private let sketch: SketchChoice

  init(_ arrays: WorkerArrays, _ options: TaskOptions) throws {
    guard let sketch = options.sketchChoice else {
      throw OptimKitError(
        .invalidArgument, cause: "no sketch is named", remedy: "name one of SketchChoice")
    }
    self.sketch = sketch
    if arrays.paths["A"] != nil {
      jacobian = DenseJacobian(try arrays.matrix("A"))
    } else {
      let network = try TwoLayerReLU<Double>(
        features: arrays.matrix("X"), signs: arrays.matrix("a"))
      let weights: [Double] = try arrays.vector("W0")
      var outputs = Double.zeros(network.outputCount)
      var span = outputs.mutableSpan
      jacobian = network.linearize(at: weights.span, outputs: &span)
    }
  }

  func run() throws -> Answer {
    let sketcher = sketch.makeSketcher()
    let clock = ContinuousClock()
    let start = clock.now
    let system = DampedSystem(jacobian: jacobian)
    let drawn = try system.makeSketch(
      from: sketcher, rows: 4 * system.shortCount, key: RandomKey(seed: 0, purpose: .sketch))
    var result = Matrix<Double>(rowCount: drawn.rowCount, columnCount: system.shortCount)
    try system.apply(drawn, into: &result)
    return done(clock.now - start, metrics: ["rows": Double(drawn.rowCount)])
  }
}
