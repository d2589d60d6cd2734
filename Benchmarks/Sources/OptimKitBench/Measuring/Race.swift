import Foundation
import OptimKit

/// Contestants on the same arrays, taking turns.
struct Race {
  /// A first run longer than this is the only one.
  static let longRun = 60.0

  /// What became of one contestant.
  struct Outcome: Sendable {
    let contestant: Contestant
    /// Name and version of the library.
    var library: String?
    /// The BLAS kernels it used.
    var kernel: String?
    /// Seconds of each run that counts.
    var seconds: [Double] = []
    /// The largest resident size of any run.
    var peakBytes = 0
    /// The most by which the resident size grew in any run.
    var workBytes = 0
    /// The answer of the last run.
    var last: Answer?
    /// Why there is no answer, or no further one.
    var failure: String?
    /// Why the answer is not to be trusted.
    var doubt: String?

    /// The median, or nil where no run ended.
    var median: Double? {
      let sorted = seconds.sorted()
      guard let middle = sorted.dropFirst(sorted.count / 2).first else { return nil }
      return sorted.count.isMultiple(of: 2) ? (middle + sorted[sorted.count / 2 - 1]) / 2 : middle
    }

    /// A number that the case reports.
    func metric(_ name: String) -> Double? { last?.metrics?[name] }
  }

  let title: String
  var outcomes: [Outcome]

  /// Runs the contestants one after the other, again and again. The first run of each warms up; it counts
  /// only where it is too long to be repeated.
  init(
    _ title: String, _ contestants: [Contestant], on arrays: [String: String], _ options: Options
  ) throws {
    self.title = title
    outcomes = contestants.map { Outcome(contestant: $0) }
    var processes: [PeerProcess?] = []
    for index in outcomes.indices {
      processes.append(outcomes[index].start(on: arrays, options))
    }
    defer { for process in processes { process?.end() } }
    try ProcessorLoad.awaitQuiet(options)
    for round in 0...options.runCount {
      for index in outcomes.indices {
        guard let process = processes[index], outcomes[index].failure == nil else { continue }
        if round > 0, let first = outcomes[index].seconds.first, first > Self.longRun { continue }
        // Threads of the one before may still be waiting for more work.
        Thread.sleep(forTimeInterval: 0.2)
        outcomes[index].run(process, isFirst: round == 0)
      }
    }
    Progress.tell("  \(title): \(outcomes.compactMap(\.progress).joined(separator: ", "))")
  }
}

extension Race.Outcome {
  fileprivate mutating func start(on arrays: [String: String], _ options: Options) -> PeerProcess? {
    do {
      let process = try PeerProcess(contestant, options)
      let answer = try process.ask(
        Request(
          command: "load", method: contestant.method, arrays: arrays, options: contestant.options))
      (library, kernel) = (answer.library, answer.kernel)
      return process
    } catch {
      failure = Self.cause(error)
      return nil
    }
  }

  fileprivate mutating func run(_ process: PeerProcess, isFirst: Bool) {
    do {
      let answer = try process.ask(Request(command: "run"))
      let time = answer.seconds ?? .nan
      if !isFirst || time > Race.longRun { seconds.append(time) }
      peakBytes = max(peakBytes, answer.peakBytes ?? 0)
      if let peak = answer.peakBytes, let rest = answer.restBytes {
        workBytes = max(workBytes, peak - rest)
      }
      last = answer
    } catch {
      failure = Self.cause(error)
    }
  }

  private static func cause(_ error: any Error) -> String {
    (error as? OptimKitError)?.cause ?? "\(error)"
  }

  fileprivate var progress: String? {
    median.map { "\(contestant.label) \(Table.seconds($0)) s" }
      ?? "\(contestant.label): \(failure ?? "no time")"
  }
}
