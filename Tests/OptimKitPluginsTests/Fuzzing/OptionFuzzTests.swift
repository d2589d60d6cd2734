import Foundation
import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Synchronization
import Testing

/// Every option of every optimizer and solver, read from JSON with a value that it should not have: it is refused when it
/// is read or validated, or the run with it ends in one way or another. Nothing traps, and nobody sees an error that is
/// not one of OptimKit's.
@Suite("Options of any value are refused or used")
struct OptionFuzzTests {
  private let values: [Any] = [
    -1, 0, 1, 3, 0.5, 1e-300, 1e300, -0.0, 1000, 9_007_199_254_740_992, Int.max, "nan", "+infinity",
    "word", true, NSNull(), [Any](), [String: Any](),
  ]

  @Test("of optimizers and their solvers")
  func optimizers() throws {
    var cases = 0
    for optimizer in OptimizerTests.all { cases += try check(optimizer) }
    #expect(cases > 5000)
  }

  private func check(_ optimizer: some Optimizer) throws -> Int {
    let tree = try JSONSerialization.jsonObject(with: JSONEncoder().encode(optimizer))
    let places = leaves(of: tree)
    for place in places {
      for value in values {
        let changed = replacing(place[...], in: tree, by: value)
        tryOut(
          changed, like: optimizer, "\(optimizer.name), \(optimizer.details): \(place) = \(value)")
      }
      tryOut(
        replacing(place[...], in: tree, by: nil), like: optimizer,
        "\(optimizer.name), \(optimizer.details): without \(place)")
    }
    return places.count * (values.count + 1)
  }

  private func tryOut<O: Optimizer>(_ tree: Any, like: O, _ place: String) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "+infinity", negativeInfinity: "-infinity", nan: "nan")
    do {
      let data = try JSONSerialization.data(withJSONObject: tree, options: .fragmentsAllowed)
      let optimizer = try decoder.decode(O.self, from: data)
      let token = CancellationToken()
      let objective = try LeastSquares(
        CountedCalls(
          base: DenseLinearModel(matrix: tallMatrix(rows: 12, columns: 3, conditionNumber: 3)),
          calls: Calls(limit: 200, token: token)),
        targets: normalVector(12, seed: 5))
      _ = try minimize(
        objective, from: [1, -1, 2], using: optimizer, until: [.iterations(2)], cancellation: token)
    } catch is DecodingError {
    } catch is OptimKitError {
    } catch is CancellationError {
    } catch {
      Issue.record("\(place): \(error)")
    }
  }

  // MARK: Trees

  /// The paths to all values that hold no others.
  private func leaves(of tree: Any) -> [[String]] {
    guard let object = tree as? [String: Any] else { return [[]] }
    return object.sorted { $0.key < $1.key }.flatMap { key, value in
      let below = leaves(of: value).map { [key] + $0 }
      // Also the whole of what is below.
      return below == [[key]] ? below : below + [[key]]
    }
  }

  private func replacing(_ path: ArraySlice<String>, in tree: Any, by value: Any?) -> Any {
    guard let key = path.first else { return value ?? NSNull() }
    var object = tree as? [String: Any] ?? [:]
    if path.count == 1 {
      object[key] = value
    } else {
      object[key] = replacing(path.dropFirst(), in: object[key] ?? NSNull(), by: value)
    }
    return object
  }
}

/// Ends runs that would go on and on.
private final class Calls: Sendable {
  let limit: Int
  let token: CancellationToken
  private let count = Mutex(0)

  init(limit: Int, token: CancellationToken) {
    self.limit = limit
    self.token = token
  }

  func book() {
    count.withLock {
      $0 += 1
      if $0 > limit { token.cancel() }
    }
  }
}

private struct CountedCalls: Restrictable {
  let base: DenseLinearModel
  let calls: Calls

  var parameterCount: Int { base.parameterCount }
  var outputCount: Int { base.outputCount }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    calls.book()
    base.evaluate(at: parameters, into: &outputs)
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> DenseJacobian<Double> {
    calls.book()
    return base.linearize(at: parameters, outputs: &outputs)
  }

  func restricted(to samples: [Int]) -> Self {
    Self(base: base.restricted(to: samples), calls: calls)
  }
}
