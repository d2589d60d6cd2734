import ExampleSupport
import OptimKit

extension FitResult {
  /// What stands above the table about one fit: its run, and what is known of its end.
  var text: String {
    let title =
      "\(data): \(loss.rawValue) loss, \(shape.samples) samples, \(shape.features) features, ridge "
      + "\(ridge.significant())"
    switch outcome {
    case .failed(let error): return "\(title)\n  failed at the first step: \(error)\n"
    case .finished(let report):
      let certificate = (report.certificate?.description ?? "").split(separator: "\n").map {
        "  \($0)"
      }
      let tables = report.tables.map { "\n\($0)" }
      return
        ([title, "  \(report.summary.briefDescription)"] + certificate + tables)
        .joined(separator: "\n") + "\n"
    }
  }
}
