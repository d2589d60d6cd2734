import OptimKit
import OptimKitTesting
import Testing

@Suite("Runs that their caller drives")
struct RunTests {
  private func makeRun(
    _ optimizer: GradientDescent = GradientDescent(), from start: [Double] = [1],
    until stopping: [StoppingCriterion] = [.iterations(4)], observers: [any Observer] = [],
    cancellation: CancellationToken = CancellationToken()
  ) throws -> Run<Double> {
    try Run(
      minimizing: Parabola(parameterCount: start.count), from: start, using: optimizer,
      until: stopping, observers: observers, cancellation: cancellation)
  }

  @Test("take the steps of minimize, however they are driven")
  func sameAsMinimize() async throws {
    let expected = try minimize(
      Parabola(), from: [1], using: GradientDescent(rate: 0.3), until: [.iterations(4)])
    let stepwise = try makeRun(GradientDescent(rate: 0.3))
    var losses = [stepwise.history[0].loss]
    while let record = try stepwise.advance() { losses.append(record.loss) }
    #expect(losses == expected.summary.history.map(\.loss))
    #expect(stepwise.reason == expected.reason)
    #expect(try stepwise.advance() == nil)

    let sequence = try makeRun(GradientDescent(rate: 0.3))
    #expect(sequence.map(\.iteration) == [1, 2, 3, 4])
    let asynchronous = try makeRun(GradientDescent(rate: 0.3))
    var iterations: [Int] = []
    for try await record in asynchronous.steps { iterations.append(record.iteration) }
    #expect(iterations == [1, 2, 3, 4])
    for run in [stepwise, sequence, asynchronous] {
      #expect(run.finish().parameters == expected.parameters)
    }
  }

  @Test("keep the point with the lowest loss where later ones are worse")
  func best() throws {
    // Steps of −2, −6, …: every one is worse than the start.
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(rate: 3), until: [.iterations(3)])
    #expect(result.parameters == [-8])
    #expect(result.best.parameters == [1] && result.best.iteration == 0)
    #expect(result.summary.bestLoss == 0.5 && result.summary.bestIteration == 0)
    #expect(result.summary.advice.contains { $0.contains("has risen") })
    let falling = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(3)])
    #expect(falling.best.parameters == falling.parameters && falling.best.iteration == 3)
  }

  @Test("end where their caller wants no more")
  func finish() throws {
    let run = try makeRun()
    _ = try run.advance()
    let result = run.finish()
    #expect(result.reason.status == .cancelled)
    #expect(result.parameters == [0.5] && result.summary.iterations == 1)
    #expect(try run.advance() == nil)
  }

  @Test("end by their token between steps, at the last point")
  func token() throws {
    let token = CancellationToken()
    let run = try makeRun(cancellation: token)
    _ = try run.advance()
    token.cancel()
    #expect(try run.advance() == nil)
    #expect(run.reason?.status == .cancelled)
    #expect(run.finish().parameters == [0.5])
  }

  @Test("end when their task is cancelled")
  func task() async throws {
    let result = try await Task {
      let observer = CallingObserver { record in
        if record.iteration == 2 { withUnsafeCurrentTask { $0?.cancel() } }
      }
      return try minimize(
        Parabola(), from: [1], using: GradientDescent(), until: [.iterations(9)],
        observers: [observer])
    }.value
    #expect(result.reason.status == .cancelled)
    #expect(result.summary.iterations == 2 && result.parameters == [0.25])
  }

  @Test("keep the best point and tell the observers where the model throws")
  func modelErrors() throws {
    let observer = RecordingObserver()
    let run = try makeRun(
      GradientDescent(failingStep: 3, failsWithForeignError: true), observers: [observer])
    #expect(throws: GradientDescent.ForeignError.self) {
      while try run.advance() != nil {}
    }
    #expect(run.modelError is GradientDescent.ForeignError)
    let result = run.finish()
    #expect(result.parameters == [0.25])
    #expect(result.reason.status == .failed && result.reason.iteration == 3)
    #expect(result.reason.error?.kind == .modelFailure)
    #expect(observer.events.last == "end failed")
  }

  @Test("fail where an optimizer accepts a loss that is not finite")
  func nonFiniteLoss() throws {
    let result = try minimize(
      Parabola(radius: 4), from: [1], using: GradientDescent(rate: 3), until: [.iterations(9)])
    #expect(result.reason.status == .failed && result.reason.iteration == 3)
    #expect(result.reason.error?.kind == .nonFiniteValue)
    #expect(result.parameters == [4] && result.best.parameters == [1])
  }

  @Test("go on without observers that throw, to the same bits")
  func throwingObservers() throws {
    struct Broken: Error {}
    let broken = CallingObserver { record in if record.iteration == 2 { throw Broken() } }
    let recorder = RecordingObserver()
    let result = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(4)],
      observers: [broken, recorder])
    #expect(result.parameters == [0.0625])
    #expect(broken.iterations == [1, 2])
    #expect(recorder.records.count == 5)
    #expect(result.summary.warnings.count == 1)
    #expect(result.summary.warnings[0].contains("CallingObserver failed"))
    #expect(result.summary.description.contains("warning      CallingObserver"))
  }

  @Test("send their events to a listener")
  func events() async throws {
    let events = RunEvents()
    _ = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(2)],
      observers: [events])
    var texts: [String] = []
    for await event in events {
      switch event {
      case .began(let description, let start):
        texts.append("\(description.optimizer) \(start.loss)")
      case .iterated(let record): texts.append("\(record.iteration)")
      case .ended(let summary): texts.append(summary.reason.status.rawValue)
      }
    }
    #expect(texts == ["gradient descent 0.5", "1", "2", "stoppedByBudget"])
  }

  @Test("account for all of their time")
  func phases() throws {
    let summary = try minimize(
      Parabola(), from: [1], using: GradientDescent(), until: [.iterations(2)]
    ).summary
    let total = summary.phases.values.reduce(0, +)
    #expect(abs(total - summary.seconds) <= 1e-9 + 1e-6 * summary.seconds)
    #expect(summary.phases[.other] != nil)
  }
}

/// Calls a closure after each iteration.
final class CallingObserver: Observer {
  private let body: (IterationRecord) throws -> Void
  var iterations: [Int] = []

  init(_ body: @escaping (IterationRecord) throws -> Void) { self.body = body }

  func runDidIterate(_ record: IterationRecord) throws {
    iterations.append(record.iteration)
    try body(record)
  }
}
