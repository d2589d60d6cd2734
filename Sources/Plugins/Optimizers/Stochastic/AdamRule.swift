import Foundation
import OptimKit

/// How Adam moves on a batch.
final class AdamRule<Scalar: RealScalar>: BatchRule {
  private let options: Adam
  private let firstMoment: AlignedBuffer<Scalar>
  private let secondMoment: AlignedBuffer<Scalar>
  private let gradient: AlignedBuffer<Scalar>

  init(_ options: Adam, _ count: Int) {
    self.options = options
    firstMoment = AlignedBuffer(count: count)
    secondMoment = AlignedBuffer(count: count)
    gradient = AlignedBuffer(count: count)
  }

  var vectors: [AlignedBuffer<Scalar>] { [firstMoment, secondMoment] }

  func move(
    _ parameters: AlignedBuffer<Scalar>, on batch: Batch<Scalar>, _ report: inout StepReport
  ) throws {
    try batch.meanGradient(at: parameters, into: gradient)
    let length = options.step * options.schedule.factor(after: batch.epochs)
    report.stepLength = length
    let updates = Double(batch.number + 1)
    let (source, first, second) = (gradient.memory, firstMoment.memory, secondMoment.memory)
    let target = parameters.memory
    var firstSpan = first.mutableSpan
    var secondSpan = second.mutableSpan
    var span = target.mutableSpan
    Self.update(
      &span, source.span, first: &firstSpan, second: &secondSpan,
      firstDecay: Scalar(options.firstDecay), secondDecay: Scalar(options.secondDecay),
      length: Scalar(length / (1 - pow(options.firstDecay, updates))),
      secondCorrection: Scalar(1 / (1 - pow(options.secondDecay, updates)).squareRoot()),
      epsilon: Scalar(options.epsilon), kept: Scalar(1 - length * options.weightDecay))
  }

  /// Both moments, and θ ← kept · θ − length · m / (√v · secondCorrection + ε).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func update(
    _ parameters: inout MutableSpan<Scalar>, _ gradient: Span<Scalar>,
    first: inout MutableSpan<Scalar>, second: inout MutableSpan<Scalar>, firstDecay: Scalar,
    secondDecay: Scalar, length: Scalar, secondCorrection: Scalar, epsilon: Scalar, kept: Scalar
  ) {
    for i in parameters.indices {
      let g = gradient[i]
      let m = firstDecay * first[i] + (1 - firstDecay) * g
      let v = secondDecay * second[i] + (1 - secondDecay) * g * g
      first[i] = m
      second[i] = v
      let scale = v.squareRoot() * secondCorrection + epsilon
      parameters[i] = kept * parameters[i] - length * m / scale
    }
  }
}
