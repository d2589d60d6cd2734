import OptimKit

extension Linearization {
  /// About what rounding of the outputs, and of the sum that the loss is, changes the loss by.
  ///
  /// - Complexity: O(n).
  /// - Throws: What sums over ranks throw.
  func lossRounding(of objective: CountedObjective<Scalar>) throws -> Double {
    let roundoff = Double(Scalar.unitRoundoff)
    let (outputs, gradient) = (outputs, outputGradient)
    let change =
      Double(try objective.outputNorm(gradient.span))
      * Double(try objective.outputNorm(outputs.span))
    return roundoff
      * ((16 + Double(objective.wholeOutputCount).squareRoot()) * abs(Double(value)) + change)
  }
}
