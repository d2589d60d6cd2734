import ExampleSupport
import OptimKit

extension TrainingResult {
  /// What stands below the last iteration.
  func text(_ facts: ProblemFacts) -> String {
    switch outcome {
    case .failed(let error): "failed at the first step: \(error)"
    case .finished(let report): report.text(facts)
    }
  }
}

extension TrainingReport {
  fileprivate func text(_ facts: ProblemFacts) -> String {
    var lines = ["", "  \(scoreText(facts))"]
    lines.append(
      "  movement     largest ‖w_r(t) − w_r(0)‖ over neurons \(largestMovement.significant())")
    if let largestRatio {
      lines.append("  ratio        at most \(largestRatio.significant()) over all iterations")
    }
    lines.append(
      "  training     \(seconds.decimals(3)) s from data in memory to trained weights")
    if let spanDimension {
      lines.append(
        "  span         trained in that of the \(spanDimension) samples, \(facts.width * spanDimension) weights, "
          + "and lifted to all features")
    }
    if facts.options.explain { lines += explanation }
    // The first line of the summary ends the progress lines already.
    lines += summary.description.split(separator: "\n").dropFirst().map(String.init)
    return lines.joined(separator: "\n")
  }

  /// How each step's system was solved, and why.
  private var explanation: [String] {
    summary.history.compactMap { record in
      record.explanation.map {
        "\n  step \(record.iteration): " + $0.split(separator: "\n").joined(separator: "\n  ")
      }
    }
  }

  private func scoreText(_ facts: ProblemFacts) -> String {
    guard let train = score.trainAccuracy else {
      return "fit          root mean squared error \(score.trainRMSE.significant()) in training"
    }
    let test = score.testAccuracy.map { ", test \(percent($0, of: facts.testSamples))" } ?? ""
    return "accuracy     train \(percent(train, of: facts.samples))" + test
  }

  private func percent(_ share: Double, of count: Int) -> String {
    "\((share * 100).decimals(2)) % (\(Int((share * Double(count)).rounded())) of \(count))"
  }
}
