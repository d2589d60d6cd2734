import CThreads
import Dispatch
import Foundation
import Synchronization

/// A thread that takes part in the loops of others.
///
/// Dispatch's own threads are not used: a Linux guest wakes them on the caller's processor and leaves the others
/// idle, for milliseconds, and waits for those that never got to run. A worker spins a moment before it sleeps, is
/// woken elsewhere than on its caller's processor, and can be sent away while it has not begun.
final class WorkerThread: @unchecked Sendable {
  /// What a worker is doing; the low bits of `state`. The rest is a ticket, another one for each region.
  private enum Phase: UInt {
    /// Free and awake.
    case idle
    /// Free; whoever assigns a region signals `wakeUp`.
    case asleep
    /// Somebody is about to assign a region, or takes it back.
    case claimed
    /// A region waits to be begun.
    case assigned
    /// The region is worked on.
    case running
  }

  /// The assignment of a region to a worker.
  typealias Ticket = UInt

  private static let ticketStep: UInt = 8
  private static let spinMicroseconds: UInt64 = 50

  private let state = Atomic<UInt>(Phase.idle.rawValue)
  private let wakeUp = DispatchSemaphore(value: 0)
  /// Belongs to whoever brought the state to `claimed` or `running`.
  private var region: ParallelRegion?
  /// What the thread may run on otherwise, while it is kept from a processor; set before it is woken.
  private var processors: optimkit_processors?
  private let thread = Atomic<Int32>(0)
  private let spins: Bool

  /// The worker after this one; workers are never freed.
  private let successor = AtomicLazyReference<WorkerThread>()
  private static let first = AtomicLazyReference<WorkerThread>()

  private init(spins: Bool) { self.spins = spins }

  /// The first worker; started where there is none yet.
  static func head() -> WorkerThread {
    first.load() ?? start(number: 0, in: first)
  }

  /// The worker after this one, whose number is `number`; started where there is none yet.
  func next(number: Int) -> WorkerThread {
    successor.load() ?? Self.start(number: number, in: successor)
  }

  private static func start(
    number: Int, in place: borrowing AtomicLazyReference<WorkerThread>
  ) -> WorkerThread {
    // A worker that no processor is left for must not keep one from those who work.
    let isProcessorLeft = number + 1 < ProcessInfo.processInfo.activeProcessorCount
    let new = WorkerThread(spins: isProcessorLeft)
    let worker = place.storeIfNil(new)
    guard worker === new else { return worker }
    let thread = Thread { worker.work() }
    thread.name = "OptimKit \(number + 1)"
    thread.stackSize = 8 << 20
    thread.start()
    return worker
  }

  // MARK: The caller's side

  /// Asks the worker to take part in `region`.
  ///
  /// - Returns: nil where the worker is busy.
  func assign(_ region: ParallelRegion) -> Ticket? {
    let old = state.load(ordering: .relaxed)
    let phase = Phase(rawValue: old % Self.ticketStep)
    guard phase == .idle || phase == .asleep else { return nil }
    let ticket = (old / Self.ticketStep &+ 1) &* Self.ticketStep
    guard
      state.compareExchange(
        expected: old, desired: ticket | Phase.claimed.rawValue, ordering: .acquiring
      ).exchanged
    else { return nil }
    self.region = region
    region.expectGuest()
    if phase == .asleep { keep(from: optimkit_current_processor()) }
    state.store(ticket | Phase.assigned.rawValue, ordering: .releasing)
    if phase == .asleep { wakeUp.signal() }
    return ticket
  }

  /// Takes a region back that the worker has not begun; one that is begun goes on.
  func revoke(_ ticket: Ticket) {
    guard
      state.compareExchange(
        expected: ticket | Phase.assigned.rawValue, desired: ticket | Phase.claimed.rawValue,
        ordering: .acquiring
      ).exchanged
    else { return }
    region?.forgetGuest()
    region = nil
    state.store(ticket | Phase.idle.rawValue, ordering: .releasing)
  }

  /// Keeps the sleeping worker from `processor`, where it would be woken though others are idle.
  private func keep(from processor: Int32) {
    var before = optimkit_processors()
    if optimkit_exclude_processor(thread.load(ordering: .relaxed), processor, &before) {
      processors = before
    }
  }

  // MARK: The worker's side

  private func work() {
    thread.store(optimkit_current_thread(), ordering: .relaxed)
    while true {
      let ticket = waitForRegion()
      let region = region
      self.region = nil
      region?.takePieces()
      // Free before its caller can know: the caller's next region finds it so.
      state.store(ticket | Phase.idle.rawValue, ordering: .releasing)
      region?.leave()
    }
  }

  private func waitForRegion() -> Ticket {
    var wait = SpinWait(microseconds: spins ? Self.spinMicroseconds : 0)
    while true {
      let old = state.load(ordering: .acquiring)
      let ticket = old / Self.ticketStep * Self.ticketStep
      switch Phase(rawValue: old % Self.ticketStep) {
      case .assigned:
        let isBegun = state.compareExchange(
          expected: old, desired: ticket | Phase.running.rawValue, ordering: .acquiring
        ).exchanged
        if isBegun { return ticket }
      case .idle:
        if wait.pause() { continue }
        sleep(from: old, ticket)
        wait = SpinWait(microseconds: spins ? Self.spinMicroseconds : 0)
      default: _ = wait.pause()
      }
    }
  }

  private func sleep(from old: UInt, _ ticket: Ticket) {
    let isAsleep = state.compareExchange(
      expected: old, desired: ticket | Phase.asleep.rawValue, ordering: .releasing
    ).exchanged
    guard isAsleep else { return }
    wakeUp.wait()
    guard var processors else { return }
    optimkit_allow_processors(thread.load(ordering: .relaxed), &processors)
    self.processors = nil
  }
}
