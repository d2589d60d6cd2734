import ExampleSupport
import Foundation
import OptimKit
import OptimKitPlugins

/// What accompanies one training: who watches it, where it is saved, where it goes on.
struct RunControl {
  var observers: [any Observer] = []
  var checkpoints: CheckpointPolicy?
  /// Where several ranks save their run: the sink and what it resumes from are made once it is known how the run is cut.
  var shardedCheckpoint: (url: URL, isResumed: Bool, every: Int)?
  var resumed: Checkpoint?
  /// What the user should know before training begins.
  var notices: [String] = []

  /// Nobody watches, nothing is saved.
  init() {}

  /// What the options ask for; checks all files before any work.
  init(_ options: Options) throws {
    if let path = options.checkpoint, Ranks.reduction != nil {
      shardedCheckpoint = (try OutputFile(path: path).url, options.resume, options.every)
    } else if let path = options.checkpoint {
      let file = try CheckpointFile(OutputFile(path: path).url)
      checkpoints = CheckpointPolicy(to: file, iterations: options.every, seconds: 60)
      if options.resume { try resume(from: file) }
    }
    if Ranks.isSpeaking { try addObservers(options) }
  }

  /// Makes the sink of a run on several ranks, and reads what it resumes from.
  mutating func prepare(for sharding: Sharding) throws {
    guard let (url, isResumed, every) = shardedCheckpoint else { return }
    let file = try ShardedCheckpointFile(url, sharding)
    checkpoints = CheckpointPolicy(to: file, iterations: every, seconds: 60)
    if isResumed { resumed = try file.load() }
  }

  private mutating func resume(from file: CheckpointFile) throws {
    guard let loaded = try file.load() else {
      notices.append(
        "there is no checkpoint \(file.url.path) yet: training starts at the beginning")
      return
    }
    resumed = loaded.checkpoint
    notices += loaded.refusals
    notices.append("goes on after iteration \(loaded.checkpoint.iteration)")
  }

  private mutating func addObservers(_ options: Options) throws {
    observers += (options.progress ?? (options.json ? .none : .lines)).observers
    let isResumed = resumed != nil || options.resume && shardedCheckpoint != nil
    func add(_ path: String?, _ make: (URL) -> any Observer) throws {
      guard let path else { return }
      observers.append(make(try OutputFile(path: path).url))
    }
    try add(options.log) { JSONLinesLog($0, appending: isResumed) }
    try add(options.csv) { CSVLog($0, appending: isResumed) }
    try add(options.plot) { ConvergencePlot($0) }
    try add(options.report) { HTMLReport($0) }
  }
}
