/// The observers of a run; one that throws is told nothing more, and its error is written down.
struct ObserverList {
  private var observers: [any Observer]

  /// What went wrong beside the run itself, in order.
  private(set) var warnings: [String]

  init(_ observers: [any Observer], warnings: [String]) {
    self.observers = observers
    self.warnings = warnings
  }

  /// Whether nobody is left.
  var isEmpty: Bool { observers.isEmpty }

  mutating func tell(_ message: (any Observer) throws -> Void) {
    var failed: [Int] = []
    for (index, observer) in observers.enumerated() {
      do {
        try message(observer)
      } catch {
        failed.append(index)
        warnings.append("\(type(of: observer)) failed and was told no more: \(error)")
      }
    }
    for index in failed.reversed() { observers.remove(at: index) }
  }

  mutating func add(_ warning: String) {
    if !warnings.contains(warning) { warnings.append(warning) }
  }
}
