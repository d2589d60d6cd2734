import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// The article LongRuns of the catalogue of OptimKit.
@Suite("The snippets of the article on long runs run")
struct LongRunsSnippets {
  typealias Objective = LeastSquares<TwoLayerReLU<Double>>

  private let objective: Objective
  private let start: [Double]
  private let optimizer = GaussNewton(solver: SketchedCGSolver(SparseSignSketcher()))

  init() throws {
    let features = RandomKey(seed: 1, purpose: "features").normalMatrix(12, 4, of: Double.self)
    let network = try TwoLayerReLU(features: features, width: 512, seed: 1)
    objective = try LeastSquares(
      network, targets: RandomKey(seed: 1, purpose: "targets").normalVector(12, of: Double.self))
    start = network.initialParameters(seed: 1)
  }

  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  @Test func everything() async throws {
    try await withFolder { folder in
      let (logURL, reportURL) = (
        folder.appending(path: "a.jsonl"), folder.appending(path: "a.html")
      )
      let checkpointURL = folder.appending(path: "a.checkpoint")
      // snippet
      let file = try CheckpointFile(checkpointURL, keeping: 3)
      let stopping: [StoppingCriterion] = [.relativeLoss(1e-10), .elapsedSeconds(8 * 3600)]
      let observers: [any Observer] = [
        TerminalProgress(style: .auto), JSONLinesLog(logURL, appending: true),
        HTMLReport(reportURL),
      ]
      let checkpoints = CheckpointPolicy(to: file, iterations: 10, seconds: 60)
      let result =
        if let saved = try file.load() {
          try minimize(
            objective, resuming: saved.checkpoint, using: optimizer, until: stopping,
            observers: observers, checkpoints: checkpoints)
        } else {
          try minimize(
            objective, from: start, using: optimizer, until: stopping, observers: observers,
            checkpoints: checkpoints)
        }
      print(result.summary)
      // end of snippet
      #expect(result.isConverged)
      #expect(try file.load()?.checkpoint.iteration == result.summary.iterations)
    }
  }

  @Test func stopping() throws {
    // snippet
    let stopping: [StoppingCriterion] = [
      .relativeLoss(1e-10),
      .relativeStep(1e-8) && .relativeGradientNorm(1e-6),
      .stagnation(iterations: 20, relativeDecrease: 1e-3),
      .jacobianProducts(100_000) || .elapsedSeconds(3600),
      .when("a bad start") { $0.iteration == 5 && $0.relativeLoss > 0.9 },
    ]
    let result = try minimize(objective, from: start, using: optimizer, until: stopping)
    switch result.reason.status {
    case .converged: print("minimum found: \(result.reason)")
    case .stoppedByBudget: print("\(result.reason); best loss \(result.best.loss)")
    case .cancelled: print("told to stop")
    case .failed: print(result.reason.error?.remedy ?? "")
    }
    // end of snippet
    #expect(result.isConverged)
  }

  @Test func steps() throws {
    // snippet
    let run = try Run(minimizing: objective, from: start, using: optimizer)
    while let iteration = try run.advance() {
      if iteration.loss < 1e-6 { break }
    }
    let result = run.finish()
    print(result.best.loss, result.reason)
    // end of snippet
    #expect(result.best.loss < 1e-6)
  }

  @Test func events() async throws {
    let (objective, start, optimizer) = (objective, start, optimizer)
    func show(_ loss: Double, at iteration: Int) {}
    // snippet
    let events = RunEvents()
    let token = CancellationToken()
    let training = Task.detached {
      try minimize(
        objective, from: start, using: optimizer, observers: [events], cancellation: token)
    }
    for await event in events {
      switch event {
      case .began(let description, _): print(description.optimizer)
      case .iterated(let record): show(record.loss, at: record.iteration)
      case .ended(let summary): print(summary.briefDescription)
      }
    }
    let result = try await training.value
    // end of snippet
    #expect(result.isConverged)
  }

  @Test func observers() throws {
    // snippet
    final class MovementWatch: Observer {
      var movements: [Double] = []

      func runDidIterate<Scalar: RealScalar>(
        _ record: IterationRecord, at point: RunPoint<Scalar>
      ) throws {
        let residual = try point.residual() ?? []
        let gradient = try point.gradient() ?? []
        let parameters = point.parameters
        print(record.iteration, residual.count, gradient.count, parameters.count)
        movements.append(record.step?.stepNorm ?? 0)
      }
    }
    // end of snippet
    let watch = MovementWatch()
    let result = try minimize(objective, from: start, using: optimizer, observers: [watch])
    #expect(watch.movements == result.summary.history.dropFirst().map { $0.step?.stepNorm })
  }

  @Test func sinks() throws {
    // snippet
    struct ArchiveSink: CheckpointSink {
      let store: @Sendable (Data, _ iteration: Int) throws -> Void

      func save(_ checkpoint: Checkpoint) throws {
        try store(try checkpoint.serialized(), checkpoint.iteration)
      }
    }
    // end of snippet
    let result = try minimize(
      objective, from: start, using: optimizer,
      checkpoints: CheckpointPolicy(
        to: ArchiveSink { data, iteration in
          let stored = try Checkpoint(data).iteration
          #expect(stored == iteration)
        }, iterations: 1))
    #expect(result.summary.warnings.isEmpty)
  }

  @Test func failures() throws {
    struct SensorError: Error {}
    // snippet
    let run = try Run(minimizing: objective, from: start, using: optimizer)
    do {
      while try run.advance() != nil {}
    } catch let error as SensorError {
      print("the model gave up: \(error)")
    }
    let best = run.finish().best  // kept, whatever happened
    // end of snippet
    #expect(best.loss < run.history[0].loss)
  }

  @Test func summaries() throws {
    let result = try minimize(objective, from: start, using: optimizer)
    // snippet
    print(result.summary.briefDescription)
    print(result.summary)
    let data = try JSONEncoder().encode(result.summary)
    let summary = try JSONDecoder().decode(RunSummary.self, from: data)
    print(summary.counts.jacobianProducts, summary.phases[.products] ?? 0, summary.advice)
    // end of snippet
    #expect(summary.history == result.summary.history)
  }
}
