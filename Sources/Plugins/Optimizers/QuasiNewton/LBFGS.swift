import OptimKit

/// The limited-memory quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno: steps −H∇F, where H
/// approximates the inverse of the second derivative from the last few steps and changes of the gradient.
///
/// Converges linearly on strongly convex objectives; faster in practice where the memory holds more pairs than there
/// are parameters. With exact line searches on a quadratic it makes the steps of conjugate gradients, and ends in as
/// many steps as there are distinct eigenvalues.
///
/// Each step is searched along with strong Wolfe conditions, first at length 1, which is accepted almost always near
/// the minimum. The first step of a run, along −∇F, begins at the minimiser of the Gauss-Newton model. Where no step
/// is found, the memory is cleared and −∇F is tried.
///
/// Cost per iteration: one linearization and one product with Jᵀ for each trial of the line search, mostly one,
/// and 4 m p operations for m pairs. Storage: (2 m + 7) vectors of p scalars.
///
/// Source: Nocedal, Mathematics of Computation 35 (1980); Liu and Nocedal, Mathematical Programming 45 (1989).
public struct LBFGS: Optimizer {
  /// How many pairs of steps and changes of the gradient to keep; 10 by default.
  public var memory: Int
  /// How each step is searched for; strong Wolfe conditions with 1e-4 and 0.9 by default.
  public var lineSearch: WolfeLineSearch

  /// Creates the optimizer.
  public init(memory: Int = 10, lineSearch: WolfeLineSearch = WolfeLineSearch()) {
    self.memory = memory
    self.lineSearch = lineSearch
  }

  /// "L-BFGS".
  public var name: String { "L-BFGS" }

  /// The memory.
  public var details: String { "\(memory) pairs" }

  /// True.
  public var supportsSharding: Bool { true }

  /// Throws where an option is outside its domain.
  public func validate() throws {
    try requirePositive(memory, "number of pairs to keep")
    try lineSearch.validate()
  }

  /// Makes the state of a run.
  ///
  /// - Throws: What linearizing the objective throws.
  public func makeStepper<Scalar: RealScalar>(
    for objective: CountedObjective<Scalar>, from parameters: [Scalar], key: RandomKey
  ) throws -> any Stepper<Scalar> {
    try LBFGSStepper(objective, parameters, self)
  }
}

extension Optimizer where Self == LBFGS {
  /// The limited-memory BFGS method.
  public static func lbfgs(
    memory: Int = 10, lineSearch: WolfeLineSearch = WolfeLineSearch()
  ) -> Self {
    Self(memory: memory, lineSearch: lineSearch)
  }
}
