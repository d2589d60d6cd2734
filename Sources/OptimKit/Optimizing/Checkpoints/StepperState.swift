/// All that the next steps of a run depend on, besides objective, optimizer and key.
public struct StepperState<Scalar: RealScalar>: Sendable {
  /// θ.
  public var parameters: [Scalar]
  /// Further vectors of any length.
  public var vectors: [[Scalar]]
  /// Numbers and whatever else; nil where there is nothing.
  public var values: StoredValue?

  /// Creates a state.
  public init(parameters: [Scalar], vectors: [[Scalar]] = [], values: StoredValue? = nil) {
    self.parameters = parameters
    self.vectors = vectors
    self.values = values
  }
}
