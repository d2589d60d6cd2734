import ExampleSupport
import OptimKit
import OptimKitPlugins
import Testing

@Suite("Standard problems of nonlinear least squares")
struct StandardProblemTests {
  /// Each with the number of runs of 36, from the standard start and from 10 and 100 times that, that end at a known
  /// minimum, less one for other processors. From afar Box's and Jennrich and Sampson's problems lead to other
  /// stationary points, or on to infinity; at 100 times its start the latter overflows.
  static let optimizers: [(any Optimizer, Int)] = [
    (LevenbergMarquardt(), 30),
    (LevenbergMarquardt(dampingRule: .nielsen), 28),
    (LevenbergMarquardt(dampingRule: .nielsen, accelerationLimit: 0.75), 29),
    (TrustRegion(subproblem: .exact), 29),
    (TrustRegion(subproblem: .dogleg), 27),
    (SpectralTrustRegion(), 31),
  ]

  @Test("are solved from near and far starts", arguments: optimizers.indices)
  func starts(number: Int) throws {
    let (optimizer, expected) = Self.optimizers[number]
    var solved = 0
    var rest: [String] = []
    for factor in [1.0, 10, 100] {
      for problem in StandardProblem.all {
        let start = problem.start.map { factor * $0 }
        let result = try? minimize(
          problem.model.objective(), from: start, using: optimizer,
          until: [.loss(1e-22), .iterations(1000)])
        if let result, problem.isMinimum(2 * result.summary.finalLoss) {
          solved += 1
        } else {
          rest.append("\(problem) ×\(Int(factor)): \(result?.reason.description ?? "no start")")
        }
        #expect(factor > 1 || rest.isEmpty)
      }
    }
    #expect(solved >= expected, "\(optimizer.name), \(optimizer.details): \(rest)")
  }
}
