import Foundation
import OptimKit

/// Armijo's condition along a direction, and which lengths to try.
///
/// Where the loss is self-concordant with constant M in its outputs, and these are linear in θ, the length
/// log(1 + r) / r with r = M maxᵢ ‖(Jδ)ᵢ‖ decreases the loss enough for sure, at least where the direction is exact
/// (Sun and Tran-Dinh 2019, Math. Program. 178): lengths are cut down to that one at first, whatever the distance.
package struct ArmijoSearch<Scalar: RealScalar> {
  /// F(θ).
  let loss: Scalar
  /// How many terms the loss is a sum of: its rounding grows with them.
  let termCount: Int
  /// ∇F(θ)ᵀδ.
  var slope: Scalar
  /// What part of α ∇F(θ)ᵀδ the loss has to fall by.
  let decrease: Scalar
  /// What lengths are multiplied by.
  let contraction: Scalar
  /// The length that is known to be short enough; nil where none is, or while no step has failed.
  var safeLength: Scalar?

  /// Creates a search.
  package init(
    loss: Scalar, termCount: Int, slope: Scalar, decrease: Scalar, contraction: Scalar,
    safeLength: Scalar?
  ) {
    self.loss = loss
    self.termCount = termCount
    self.slope = slope
    self.decrease = decrease
    self.contraction = contraction
    self.safeLength = safeLength
  }

  /// Whether the loss falls enough.
  ///
  /// Near the minimum the decrease is lost in the rounding of the loss: a change of that size is let pass, so that
  /// the gradient can go on to fall.
  package func accepts(_ value: Scalar, at length: Scalar) -> Bool {
    let rounding = Scalar.lossRounding(loss, termCount: termCount)
    return value.isFinite && value <= loss + decrease * length * slope + rounding
  }

  /// The length to try after `length` failed.
  package func next(after length: Scalar) -> Scalar {
    let shorter = contraction * length
    guard let safeLength, length > safeLength else { return shorter }
    return max(shorter, safeLength)
  }

  /// log(1 + r) / r for the change of the outputs along the direction; nil where M is not known.
  ///
  /// - Throws: What a sum over ranks throws.
  static func safeLength(
    _ change: Span<Scalar>, outputsPerSample: Int, of objective: CountedObjective<Scalar>
  ) throws -> Scalar? {
    guard let selfConcordance = objective.lossConstants.selfConcordance, selfConcordance > 0
    else { return nil }
    let largest = try objective.largest(ofOutputs: largestNorm(change, outputsPerSample))
    return safeLength(largestChange: largest, selfConcordance: selfConcordance)
  }

  /// log(1 + r) / r for the largest change of the outputs of a sample; nil where M is not known.
  package static func safeLength(
    _ change: Span<Scalar>, outputsPerSample: Int, selfConcordance: Double?
  ) -> Scalar? {
    guard let selfConcordance, selfConcordance > 0 else { return nil }
    return safeLength(
      largestChange: largestNorm(change, outputsPerSample), selfConcordance: selfConcordance)
  }

  private static func safeLength(largestChange largest: Scalar, selfConcordance: Double) -> Scalar?
  {
    let distance = selfConcordance * Double(largest)
    return distance > 0 && distance.isFinite ? Scalar(log1p(distance) / distance) : nil
  }

  /// maxᵢ ‖xᵢ‖ over pieces of `count` elements.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func largestNorm(_ x: Span<Scalar>, _ count: Int) -> Scalar {
    var largest = Scalar(0)
    for first in stride(from: 0, to: x.count, by: count) {
      // A norm of one element is not worth a call.
      let size =
        count == 1 ? abs(x[first]) : Scalar.norm(x.extracting(first..<first + count))
      largest = max(largest, size)
    }
    return largest
  }
}
