/// What one step of a stochastic method is, in histories and stopping criteria.
///
/// The loss after each step is that of all samples, which takes an evaluation on all of them.
public enum StepUnit: String, Hashable, Sendable, Codable {
  /// All batches of an epoch, in which each sample is seen once.
  case epochs

  /// One batch. Evaluating all samples after it costs more than the batch does, so this is for small problems and
  /// close looks.
  case batches
}
