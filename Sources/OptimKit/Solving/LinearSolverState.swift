/// What a solver's workspace carries from one system to the next, beside memory.
///
/// Preconditioners are not stored: they are made again, from the system and the key that they were made from, to the
/// same bits. So a checkpoint holds one more vector of parameters instead of matrices, and preconditioners need
/// no format of their own.
public struct LinearSolverState: Sendable, Codable {
  /// The key that the preparation in keeping was made with; nil where nothing is kept.
  public var keptKey: RandomKey?
  /// What the solver has learned; nil where it has learned nothing.
  public var learned: StoredValue?

  /// Creates a state.
  public init(keptKey: RandomKey? = nil, learned: StoredValue? = nil) {
    self.keptKey = keptKey
    self.learned = learned
  }
}

extension LinearSolverState {
  /// What `restore` throws where a state was saved by something else.
  public static var foreign: OptimKitError {
    OptimKitError(
      .unreadableFile, cause: "a checkpoint holds the state of another optimizer or linear solver",
      remedy: "resume with the optimizer and solver that wrote it")
  }
}
