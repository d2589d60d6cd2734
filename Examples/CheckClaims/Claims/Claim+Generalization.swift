import ExampleSupport
import OptimKitPlugins

extension Claim {
  /// C12: test errors beside first-order methods.
  static let generalization = Claim(
    id: "C12", title: "it generalises like SGD, in less time",
    statement: """
      Trained by damped sketched Gauss-Newton steps a network predicts new data as well as one trained by SGD or Adam, \
      to 5 % of the root mean squared error, and as one trained by exact steps; training takes less time.
      """,
    source: "an aim of second-order training (CGH+19 reports it), not a theorem of the paper"
  ) { context in
    let study = try Generalization.of(context)
    let best = study.bestFirstOrder
    let (sketched, exact, first) = (
      study.result(.sketched), study.result(.exact), study.result(best)
    )
    let mean = first.rootMeanSquares.mean
    let againstFirst = try PairedDifferences(sketched.rootMeanSquares, first.rootMeanSquares)
    let againstExact = try PairedDifferences(sketched.rootMeanSquares, exact.rootMeanSquares)
    func words(_ method: Generalization.Method) -> String {
      let result = study.result(method)
      return "\(method.rawValue) \(result.rootMeanSquares.mean.significant(3)) "
        + "(\((100 * result.errorRates.mean).significant(3)) % wrong, "
        + "\(result.seconds.median.significant(2)) s, tuned to \(result.tuned.significant(3)))"
    }
    return Finding(
      ran: study.words,
      figures: [
        Figure(
          "mean test error of sketched Gauss-Newton beside that of \(best.rawValue), the better first-order method",
          sketched.rootMeanSquares.mean / mean, .atMost(1.05)),
        Figure(
          "the same at the upper end of the 95 % interval of Student's paired test",
          1 + againstFirst.interval.upperBound / mean, .atMost(1.05)),
        Figure(
          "mean test error of sketched beside exact Gauss-Newton",
          sketched.rootMeanSquares.mean / exact.rootMeanSquares.mean, .within(0.99...1.01)),
        Figure(
          "median time of sketched Gauss-Newton beside \(best.rawValue)",
          sketched.seconds.median / first.seconds.median, .atMost(1), basis: .timed),
      ],
      remarks: [
        "Mean test errors: " + Generalization.Method.allCases.map(words).joined(separator: "; ")
          + ".",
        """
        Paired differences of test errors, sketched Gauss-Newton minus \(best.rawValue): \
        \(againstFirst.mean.significant(2)) ± \(againstFirst.standardError.significant(2)), p = \
        \(againstFirst.probability.significant(2)); minus exact: \(againstExact.mean.significant(2)), p = \
        \(againstExact.probability.significant(2)).
        """,
      ],
      plots: [
        Plot(
          title: "Test error (root mean square) on each division", horizontalName: "division",
          series: Generalization.Method.allCases.map { method in
            Plot.Series(
              name: method.rawValue,
              points: study.result(method).rootMeanSquares.enumerated().map {
                (Double($0.offset), $0.element)
              })
          })
      ])
  }

  /// C22: test errors of steps that go on until all training targets are met.
  static let interpolation = Claim(
    id: "C22", title: "undamped steps to interpolation generalise like SGD too",
    statement: """
      Full undamped steps, as the theorem has them, fit every training target; the network predicts new data as well as \
      one trained by SGD or Adam, to 5 % of the root mean squared error.
      """,
    source: "the reader's wish; the paper promises nothing about new data"
  ) { context in
    let study = try Generalization.of(context)
    let best = study.bestFirstOrder
    let (undamped, first) = (study.result(.undamped), study.result(best))
    let differences = try PairedDifferences(undamped.rootMeanSquares, first.rootMeanSquares)
    let mean = first.rootMeanSquares.mean
    let exception = """
      fitting every target takes directions of small eigenvalues along, which damping, or stopping early, leaves out
      """
    return Finding(
      ran: study.words,
      figures: [
        Figure(
          "mean test error of undamped Gauss-Newton beside that of \(best.rawValue), the better first-order method",
          undamped.rootMeanSquares.mean / mean, .atMost(1.05), exception: exception),
        Figure(
          "the same at the upper end of the 95 % interval of Student's paired test",
          1 + differences.interval.upperBound / mean, .atMost(1.05), exception: exception),
      ],
      remarks: [
        """
        Paired differences, undamped minus \(best.rawValue): \(differences.mean.significant(2)) ± \
        \(differences.standardError.significant(2)), p = \(differences.probability.significant(2)).
        """
      ])
  }
}
