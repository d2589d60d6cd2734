extension Checkpoint {
  /// Throws where a run differs from that of the checkpoint in more than when it ends.
  func requireSameRun(as other: RunDescription, optimizerCode: String) throws {
    guard run.scalar == other.scalar else {
      throw Self.mismatch("in \(run.scalar)", "\(other.scalar)")
    }
    guard run.parameterCount == other.parameterCount, run.outputCount == other.outputCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "the checkpoint is that of a model with \(run.parameterCount) parameters and "
          + "\(run.outputCount) outputs; this one has \(other.parameterCount) and "
          + "\(other.outputCount)",
        remedy: "resume with the model and the data of the run")
    }
    guard self.optimizerCode == optimizerCode else {
      throw Self.mismatch(
        "by \(run.optimizer) (\(run.details))", "\(other.optimizer) (\(other.details))")
    }
  }

  private static func mismatch(_ stored: String, _ given: String) -> OptimKitError {
    OptimKitError(
      .invalidArgument, cause: "the checkpoint was made \(stored), and the run is given \(given)",
      remedy: "resume with what the run was started with")
  }

  /// Compares the loss at the parameters with the one that was stored: other data show here.
  ///
  /// - Returns: A warning where the loss differs in its last digits, as on another processor.
  /// - Throws: ``OptimKitError`` where it differs by more.
  func requireSameLoss<Scalar: RealScalar>(_ loss: Scalar) throws -> [String] {
    guard let stored = history.last?.loss, let initial = history.first?.loss else { return [] }
    let difference = abs(Double(loss) - stored)
    guard difference != 0 else { return [] }
    let roundoff = 1e4 * Double(Scalar.unitRoundoff)
    guard difference <= roundoff * (abs(stored) + abs(initial)) else {
      throw OptimKitError(
        .invalidArgument,
        cause: "the loss at the checkpoint's parameters is \(loss), and was \(stored)",
        remedy: "resume with the model, loss and data of the run")
    }
    let place =
      environment == .current ? "" : " The checkpoint was made with \(environment)."
    return [
      "the loss at the checkpoint's parameters differs in its last digits: the run goes on, but not to "
        + "the same bits as without the interruption.\(place)"
    ]
  }
}
