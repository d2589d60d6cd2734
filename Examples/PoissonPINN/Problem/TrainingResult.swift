/// What one optimizer made of the problem.
struct TrainingResult {
  /// The error at one time.
  struct Entry {
    let seconds: Double
    let relativeError: Double
  }

  let optimizer: OptimizerChoice
  let width: Int
  let seed: Int
  /// ‖û − u‖ / ‖u‖ where the loss was lowest.
  let relativeError: Double
  /// Without measuring errors.
  let seconds: Double
  let iterations: Int
  /// The lowest.
  let loss: Double
  let history: [Entry]
  /// Where the loss was lowest.
  let parameters: [Double]

  /// Seconds until the error was first at most `goal`; nil where it never was.
  func seconds(to goal: Double) -> Double? {
    history.first { $0.relativeError <= goal }?.seconds
  }
}
