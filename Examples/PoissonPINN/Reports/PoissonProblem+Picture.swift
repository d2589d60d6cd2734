import ExampleSupport

extension PoissonProblem {
  /// Writes the solution and its error beside each other.
  ///
  /// - Throws: `OptimKitError` where the file cannot be written.
  func writePicture(of result: TrainingResult, to file: OutputFile) throws {
    let found = try model.network.outputs(at: testPoints, parameters: result.parameters)
    let order = Int(Double(testPoints.rowCount).squareRoot())
    // Test points go through y first.
    let cells = (0..<order).flatMap { y in (0..<order).map { x in x * order + y } }
    let values = cells.map { found[$0, 0] }
    let errors = cells.map { found[$0, 0] - testValues[$0] }
    let largest = errors.reduce(Double.leastNormalMagnitude) { max($0, abs($1)) }
    let title =
      "Solution of −Δu = f by \(result.optimizer.rawValue), relative L2 error "
      + result.relativeError.significant(3)
    let maps = [
      HeatMap(title: "u", values: values, range: (values.min() ?? 0)...(values.max() ?? 0)),
      HeatMap(title: "error", values: errors, range: -largest...largest),
    ]
    try file.write(HeatMap.drawing(maps, title: title))
  }
}
