/// What a linear solver prepared for a system.
public struct PreparationReport: Hashable, Sendable, Codable {
  /// What was used of the Jacobian, in words, such as "sketch of Khatri-Rao rows".
  public var access: String
  /// The number of rows of the sketch, where there is one.
  public var sketchSize: Int?
  /// How the sketch was factored, "Cholesky" or "QR", where there is one.
  public var factorization: String?
  /// The rank of a low-rank preconditioner.
  public var rank: Int?
  /// About what making the preconditioner costs, in iterations of the solve, from counts of operations;
  /// nil where unknown.
  public var costInIterations: Double?
  /// Whether the preconditioner was made or kept, and why, such as "kept: 9 iterations in the last solve,
  /// 7 expected of a new one"; nil where there is none.
  public var decision: String?
  /// Which way of solving was chosen and why, where the solver chooses.
  public var selection: SolverSelection?
  /// What did not work and what was done instead, in order.
  public var fallbacks: [String]

  /// Creates a report.
  public init(
    access: String, sketchSize: Int? = nil, factorization: String? = nil, rank: Int? = nil,
    costInIterations: Double? = nil, decision: String? = nil,
    selection: SolverSelection? = nil, fallbacks: [String] = []
  ) {
    self.access = access
    self.sketchSize = sketchSize
    self.factorization = factorization
    self.rank = rank
    self.costInIterations = costInIterations
    self.decision = decision
    self.selection = selection
    self.fallbacks = fallbacks
  }
}
