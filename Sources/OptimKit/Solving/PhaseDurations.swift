/// Durations by phase. Phases are booked several times in each step: there is no hashing.
struct PhaseDurations {
  private var elements = [Duration](repeating: .zero, count: Phase.allCases.count)

  /// None so far.
  init() {}

  /// What a checkpoint holds.
  init(seconds: [Phase: Double]) {
    for (phase, seconds) in seconds { self[phase] = .seconds(seconds) }
  }

  subscript(phase: Phase) -> Duration {
    get { elements[phase.position] }
    set { elements[phase.position] = newValue }
  }

  /// Seconds by phase, of those that took any.
  var seconds: [Phase: Double] {
    var result: [Phase: Double] = [:]
    for phase in Phase.allCases where self[phase] > .zero { result[phase] = self[phase].inSeconds }
    return result
  }
}

extension Phase {
  /// The position among all cases.
  fileprivate var position: Int {
    switch self {
    case .model: 0
    case .gram: 1
    case .sketch: 2
    case .factorization: 3
    case .products: 4
    case .solver: 5
    case .observing: 6
    case .other: 7
    }
  }
}
