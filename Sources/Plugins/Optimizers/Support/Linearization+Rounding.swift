import OptimKit

extension Linearization {
  /// About what rounding of the outputs, and of the sum that the loss is, changes the loss by.
  ///
  /// - Complexity: O(n).
  var lossRounding: Double {
    let roundoff = Double(Scalar.unitRoundoff)
    let (outputs, gradient) = (outputs, outputGradient)
    let change = Double(Scalar.norm(gradient.span)) * Double(Scalar.norm(outputs.span))
    return roundoff * ((16 + Double(outputs.count).squareRoot()) * abs(Double(value)) + change)
  }
}
