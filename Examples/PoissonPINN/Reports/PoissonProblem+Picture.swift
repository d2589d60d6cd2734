import ExampleSupport
import Foundation
import OptimKit

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
    let text =
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -6 660 364" role="img" font-family="sans-serif" \
      font-size="12" shape-rendering="crispEdges">
      <title>\(title)</title>
      \(maps[0].group(x: 0))
      \(maps[1].group(x: 340))
      </svg>

      """
    do {
      try Data(text.utf8).write(to: file.url, options: .atomic)
    } catch {
      throw OptimKitError(
        .unwritableFile,
        cause: "\(file.url.path) cannot be written: \(error.localizedDescription)",
        remedy: "check that the folder exists and is writable")
    }
  }
}
