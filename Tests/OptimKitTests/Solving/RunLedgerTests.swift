import Foundation
import OptimKit
import Testing

@Suite struct RunLedgerTests {
  /// Time inside a nested phase counts there alone: phases add up to no more than the whole.
  @Test func nestedTimeIsBookedOnce() {
    let ledger = RunLedger()
    let clock = ContinuousClock()
    let total = clock.measure {
      ledger.measure(.solver) {
        sleep(milliseconds: 4)
        ledger.measure(.products) {
          sleep(milliseconds: 8)
          ledger.measure(.products) { sleep(milliseconds: 2) }
        }
        ledger.measure(.factorization) { sleep(milliseconds: 4) }
        sleep(milliseconds: 2)
      }
    }
    let seconds = ledger.seconds
    #expect(
      seconds.keys.sorted { $0.rawValue < $1.rawValue } == [.factorization, .products, .solver])
    #expect(seconds[.solver, default: 0] >= 0.006)
    #expect(seconds[.products, default: 0] >= 0.010)
    #expect(seconds[.factorization, default: 0] >= 0.004)
    #expect(seconds.values.reduce(0, +) <= total / .seconds(1) + 1e-9)
  }

  @Test func errorEndsItsPhase() {
    struct Failure: Error {}
    let ledger = RunLedger()
    #expect(throws: Failure.self) {
      try ledger.measure(.model) { () throws(Failure) in
        sleep(milliseconds: 1)
        throw Failure()
      }
    }
    let before = ledger.seconds[.model, default: 0]
    #expect(before >= 0.001)
    sleep(milliseconds: 2)
    ledger.measure(.gram) {}
    #expect(ledger.seconds[.model] == before)
  }

  @Test func countsAddUpAndAreDescribedWithoutZeros() {
    let ledger = RunLedger()
    ledger.addInnerIterations(3)
    ledger.addInnerIterations(4)
    ledger.addFactorization()
    #expect(ledger.counts.innerIterations == 7)
    #expect(ledger.counts.factorizations == 1)
    #expect(ledger.counts.description == "1 factorizations, 7 inner iterations")
  }

  private func sleep(milliseconds: UInt32) { usleep(1000 * milliseconds) }
}
