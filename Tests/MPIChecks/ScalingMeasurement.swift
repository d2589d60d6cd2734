import Foundation
import OptimKit
import OptimKitTesting

/// How long sums over ranks take: what the model of docs/scaling.md is fitted to.
struct ScalingMeasurement {
  let reduction: any Reduction

  init(_ reduction: any Reduction) { self.reduction = reduction }

  /// Prints ranks, bytes, and the median of the seconds of a sum, a line each.
  func run() throws {
    for count in [1, 16, 128, 1024, 8192, 65_536, 524_288, 2_097_152] {
      var vector = Double.zeros(count)
      var times: [Double] = []
      for repetition in 0..<(count > 100_000 ? 15 : 101) {
        let clock = ContinuousClock()
        // All start together.
        _ = try reduction.gather(0)
        let start = clock.now
        var span = vector.mutableSpan
        try reduction.sum(&span)
        if repetition > 0 { times.append((clock.now - start) / .seconds(1)) }
      }
      times.sort()
      if reduction.rank == 0 {
        print("sum \(reduction.rankCount) \(count * 8) \(times[times.count / 2])")
      }
    }
  }
}
