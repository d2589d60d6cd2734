/// How well a fit does on samples that were held out of it.
public enum HeldOutScore: String, Hashable, Sendable, Codable {
  /// The mean deviance, twice the mean loss; the smaller the better.
  case deviance
  /// The share of samples whose class is right; the larger the better. For classification losses.
  case accuracy

  /// Whether `score` beats `other`.
  func isBetter(_ score: Double, than other: Double) -> Bool {
    self == .deviance ? score < other : score > other
  }

  /// The score of parameters on the samples of a fold.
  ///
  /// - Complexity: One evaluation of the model on all samples.
  func measure<M: Model, L: Loss>(
    _ parameters: [M.Scalar], of heldOut: EmpiricalRisk<M, L>
  ) throws -> Double {
    let weights = heldOut.weights
    let total = weights.reduce(0.0) { $0 + Double($1) }
    switch self {
    case .deviance:
      return 2 * Double(try heldOut.value(at: parameters.span)) / total
    case .accuracy:
      guard let loss = heldOut.loss as? any ClassificationLoss else {
        throw OptimKitError(
          .invalidArgument, cause: "the accuracy of \(L.self), which is no loss of classes",
          remedy: "choose the deviance")
      }
      var outputs = M.Scalar.zeros(heldOut.outputCount)
      var span = outputs.mutableSpan
      try heldOut.model.evaluate(at: parameters.span, into: &span)
      let count = heldOut.model.outputsPerSample
      let decided = loss.classes(ofOutputs: outputs, outputsPerSample: count)
      let right = loss.classes(ofTargets: heldOut.targets, outputsPerSample: count)
      return weights.indices.reduce(0.0) {
        $0 + (decided[$1] == right[$1] ? Double(weights[$1]) : 0)
      } / total
    }
  }
}
