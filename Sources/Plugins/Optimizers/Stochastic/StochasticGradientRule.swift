import OptimKit

/// How stochastic gradient descent moves on a batch.
final class StochasticGradientRule<Scalar: RealScalar>: BatchRule {
  private let options: StochasticGradientDescent
  private let velocity: AlignedBuffer<Scalar>
  private let gradient: AlignedBuffer<Scalar>

  init(_ options: StochasticGradientDescent, _ count: Int) {
    self.options = options
    velocity = AlignedBuffer(count: options.momentum > 0 ? count : 0)
    gradient = AlignedBuffer(count: count)
  }

  var vectors: [AlignedBuffer<Scalar>] { options.momentum > 0 ? [velocity] : [] }

  func move(
    _ parameters: AlignedBuffer<Scalar>, on batch: Batch<Scalar>, _ report: inout StepReport
  ) throws {
    try batch.meanGradient(at: parameters, into: gradient)
    let length = options.step * options.schedule.factor(after: batch.epochs)
    report.stepLength = length
    guard options.momentum > 0 else {
      parameters.add(-Scalar(length), gradient)
      return
    }
    let momentum = Scalar(options.momentum)
    velocity.combine(1, gradient, plus: momentum)
    if options.isNesterov {
      parameters.add(-Scalar(length), gradient)
      parameters.add(-Scalar(length) * momentum, velocity)
    } else {
      parameters.add(-Scalar(length), velocity)
    }
  }
}
