import Foundation
import OptimKit

/// OptimKit's side of a race, in a process of its own: answers a line to each line, as the peers do.
enum Worker {
  /// What makes the executable a worker.
  static let argument = "worker"

  /// Answers requests until the input ends.
  static func serve() {
    var task: (any WorkerTask)?
    while let line = readLine() {
      let answer: Answer
      do {
        let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
        if request.command == "load" {
          task = nil
          task = try makeTask(request)
          answer = ready(task!)
        } else {
          guard let task else { throw failure("run before load") }
          PeakMemory.reset()
          let restBytes = PeakMemory.residentBytes
          var done = try task.run()
          done.restBytes = restBytes
          answer = done
        }
      } catch {
        answer = Answer(
          status: .failed, reason: (error as? OptimKitError)?.description ?? "\(error)")
      }
      write(answer)
    }
  }

  private static func ready(_ task: some WorkerTask) -> Answer {
    let environment = ComputeEnvironment.current
    return Answer(
      status: .ready, library: task.library,
      kernel: "\(environment.library) \(environment.kernel), own \(environment.kernelLevel.name)")
  }

  private static func makeTask(_ request: Request) throws -> any WorkerTask {
    let arrays = WorkerArrays(paths: request.arrays ?? [:])
    let options = request.options ?? TaskOptions()
    switch (request.method, options.scalar) {
    case ("train", "float"): return try TrainingTask<Float>(arrays, options)
    case ("train", _): return try TrainingTask<Double>(arrays, options)
    case ("machine-rates", _): return try MachineRatesTask(arrays, options)
    case ("dense-gram", _): return try DenseGramTask(arrays, options)
    case ("regression", _): return try RegressionTask(arrays, options)
    case ("dgels", _): return try LAPACKTask(arrays)
    case ("sketch", _): return try SketchTask(arrays, options)
    case ("risk", _): return try RiskTask(arrays, options)
    case ("physics", _): return try PhysicsTask(arrays, options)
    default: throw failure("there is no method \(request.method ?? "")")
    }
  }

  private static func failure(_ cause: String) -> OptimKitError {
    OptimKitError(.invalidArgument, cause: cause, remedy: "see Worker.swift")
  }

  private static func write(_ answer: Answer) {
    guard let data = try? JSONEncoder().encode(answer) else { return }
    FileHandle.standardOutput.write(data + Data("\n".utf8))
  }
}

/// A method with its arrays in memory.
protocol WorkerTask {
  /// Where the method comes from.
  var library: String { get }

  /// Runs the method once, from arrays in memory.
  func run() throws -> Answer
}

extension WorkerTask {
  var library: String { "OptimKit" }

  /// The answer to a run.
  func done(
    _ duration: Duration, losses: [Double]? = nil, metrics: [String: Double]? = nil
  ) -> Answer {
    Answer(
      status: .done, seconds: duration / .seconds(1), peakBytes: PeakMemory.bytes, losses: losses,
      metrics: metrics)
  }
}
