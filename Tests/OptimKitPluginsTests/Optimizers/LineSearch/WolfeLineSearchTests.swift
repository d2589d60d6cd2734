import Foundation
import OptimKit
import OptimKitPlugins
import Testing

@Suite("The line search of Moré and Thuente")
struct WolfeLineSearchTests {
  /// A function of one step with its derivative.
  typealias Function = @Sendable (Double) -> (value: Double, slope: Double)

  /// Searches, and checks the strong Wolfe conditions; the step, and how many were tried.
  private func search(
    _ search: WolfeLineSearch, _ function: Function, from firstTrial: Double
  ) throws -> (step: Double, trials: Int) {
    var trials = 0
    let start = function(0)
    let found = try #require(
      search.search(
        from: LineSearchPoint(step: 0, value: start.value, slope: start.slope),
        firstTrial: firstTrial
      ) {
        trials += 1
        return function($0)
      })
    let line = start.value + search.sufficientDecrease * found.step * start.slope
    #expect(found.value <= line, "from \(firstTrial)")
    #expect(abs(found.slope) <= -search.curvature * start.slope, "from \(firstTrial)")
    return (found.step, trials)
  }

  @Test("takes the steps of their paper on −α/(α² + 2) (table 1)")
  func firstFunction() throws {
    let function: Function = { x in
      (-x / (x * x + 2), (x * x - 2) / ((x * x + 2) * (x * x + 2)))
    }
    let rule = WolfeLineSearch(sufficientDecrease: 1e-3, curvature: 0.1)
    let published = [(1e-3, 6, 1.4), (1e-1, 3, 1.4), (1e1, 1, 10), (1e3, 4, 37)]
    for (firstTrial, trials, step) in published {
      let found = try search(rule, function, from: firstTrial)
      #expect(found.trials == trials, "from \(firstTrial)")
      #expect(abs(found.step / step - 1) < 0.05, "from \(firstTrial)")
    }
  }

  @Test("finds the minimum of a function that is concave at first (table 2)")
  func secondFunction() throws {
    let function: Function = { x in
      let y = x + 0.004
      return (pow(y, 5) - 2 * pow(y, 4), 5 * pow(y, 4) - 8 * pow(y, 3))
    }
    let rule = WolfeLineSearch(sufficientDecrease: 0.1, curvature: 0.1)
    for firstTrial in [1e-3, 1e-1, 1e1, 1e3] {
      let found = try search(rule, function, from: firstTrial)
      #expect(abs(found.step - 1.6) < 0.05 && found.trials <= 14, "from \(firstTrial)")
    }
  }

  @Test("copes with an oscillating slope (table 3)")
  func thirdFunction() throws {
    let (bend, waves) = (0.01, 39.0)
    let function: Function = { x in
      let (base, slope) =
        if x <= 1 - bend {
          (1 - x, -1.0)
        } else if x >= 1 + bend {
          (x - 1, 1.0)
        } else {
          ((x - 1) * (x - 1) / (2 * bend) + bend / 2, (x - 1) / bend)
        }
      let phase = waves * .pi / 2 * x
      return (
        base + 2 * (1 - bend) / (waves * .pi) * sin(phase), slope + (1 - bend) * cos(phase)
      )
    }
    let rule = WolfeLineSearch(sufficientDecrease: 0.1, curvature: 0.1)
    for firstTrial in [1e-3, 1e-1, 1e1, 1e3] {
      let found = try search(rule, function, from: firstTrial)
      #expect(abs(found.step - 1) < 0.05 && found.trials <= 16, "from \(firstTrial)")
    }
  }

  @Test("takes a step back where the function is not defined")
  func domain() throws {
    // −log x + x, from 1/10 on toward 1, and beyond it the domain ends.
    let function: Function = { x in
      x < 0.95 ? (-log(1 - x) - 4 * x, 1 / (1 - x) - 4) : (.nan, .nan)
    }
    for firstTrial in [1e-3, 1, 1e8] {
      let found = try search(WolfeLineSearch(curvature: 0.1), function, from: firstTrial)
      #expect(abs(found.step - 0.75) < 0.05)
    }
  }

  @Test("goes by slopes where values differ by rounding alone")
  func rounding() throws {
    // (α − 1)² / 2, too small to show beside the constant but for noise of a few roundoffs.
    let noise = [3.0, -2, 1, -3, 2]
    for firstTrial in [0.05, 1, 8, 300] {
      var trials = 0
      let found = WolfeLineSearch(curvature: 0.1).search(
        from: LineSearchPoint(step: 0, value: 1, slope: -1e-20), firstTrial: firstTrial,
        rounding: 1e-14
      ) {
        trials += 1
        return (1 + noise[trials % 5] * 1e-16, 1e-20 * ($0 - 1))
      }
      let step = try #require(found).step
      #expect(abs(step - 1) <= 0.1, "from \(firstTrial): \(step) after \(trials)")
    }
    // Without rounding to allow for, a value that does not fall is none.
    let none = WolfeLineSearch().search(
      from: LineSearchPoint(step: 0, value: 1, slope: -1e-20), firstTrial: 1
    ) { (1 + 1e-15, 1e-20 * ($0 - 1)) }
    #expect(none == nil)
  }

  @Test("gives up where there is nothing to find")
  func unbounded() throws {
    var trials = 0
    // The slope is wrong: the function rises.
    let found = WolfeLineSearch().search(
      from: LineSearchPoint(step: 0, value: 0, slope: -1), firstTrial: 1
    ) {
      trials += 1
      return ($0, -1)
    }
    #expect(found == nil)
    #expect(trials <= 30)
  }

  @Test("refuses options outside their domain")
  func badOptions() {
    for rule in [
      WolfeLineSearch(sufficientDecrease: 0), WolfeLineSearch(curvature: 1),
      WolfeLineSearch(sufficientDecrease: 0.9, curvature: 0.1), WolfeLineSearch(maximumTrials: 0),
    ] {
      #expect(throws: OptimKitError.self) { try rule.validate() }
    }
  }
}
