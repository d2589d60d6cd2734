/// An objective that is a sum over samples, and can be estimated from some of them: what mini-batches need.
///
/// ``EmpiricalRisk`` is one where its model is ``Restrictable``.
public protocol SampledObjective<Scalar>: Objective {
  /// The objective with the sum over all n samples replaced by n / b times that over b of them; terms that are
  /// not sums over samples, such as the ridge, stay. Drawn evenly, its mean is the objective.
  ///
  /// - Parameter samples: Numbers of samples, at least one; given twice, they count twice.
  /// - Throws: ``OptimKitError`` where a number is not that of a sample, or none is given.
  func batch(of samples: [Int]) throws -> Self
}
