import Foundation
import OptimKit
import OptimKitTesting

/// Sums over ranks: what they come to, and that all ranks get the same bits.
struct SumChecks {
  let reduction: any Reduction

  init(_ reduction: any Reduction) { self.reduction = reduction }

  func run() throws {
    for count in [0, 1, 2, 3, 511, 512, 513, 1023, 1025, 100_003] {
      try check(Double.self, count)
      try check(Float.self, count)
    }
    try checkAgreement()
  }

  private func check<Scalar: RealScalar>(_ type: Scalar.Type, _ count: Int) throws {
    let (rank, ranks) = (reduction.rank, reduction.rankCount)
    // Whole numbers have one sum.
    var whole = (0..<count).map { Scalar(($0 % 97) * (rank + 1)) }
    var span = whole.mutableSpan
    try reduction.sum(&span)
    let factor = ranks * (ranks + 1) / 2
    for i in 0..<count {
      try require(whole[i] == Scalar((i % 97) * factor), "element \(i) of \(count) is \(whole[i])")
    }
    // Others have several, and all ranks have to get the same one, each time.
    var results: [[Scalar]] = []
    for _ in 0..<3 {
      var values = Scalar.zeros(count)
      var valuesSpan = values.mutableSpan
      RandomKey(seed: UInt64(rank), purpose: "sum check").fillNormal(&valuesSpan)
      try reduction.sum(&valuesSpan)
      results.append(values)
    }
    try require(
      haveSameBits(results[0], results[1]) && haveSameBits(results[0], results[2]),
      "a sum of \(count) elements differs from time to time")
    let text = results[0].reduce(into: "") { $0 += "\($1)," }
    try reduction.requireSame(text, "a sum of \(count) elements")
  }

  private func checkAgreement() throws {
    let (rank, ranks) = (reduction.rank, reduction.rankCount)
    try require(
      try reduction.gather(Double(rank * rank)) == (0..<ranks).map { Double($0 * $0) }, "gather")
    try require(try reduction.broadcast(["rank \(rank)"]) == ["rank 0"], "broadcast")
    guard ranks > 1 else { return }
    do {
      try reduction.requireSame(rank == 1 ? "b" : "a", "the letter")
      throw CheckFailure("ranks that differ agree")
    } catch let error as OptimKitError {
      try require(error.cause.contains("the letter of rank 1 is not that of rank 0"), error.cause)
    }
    do {
      try reduction.together {
        if rank == ranks - 1 {
          throw OptimKitError(.unreadableFile, cause: "no file", remedy: "none")
        }
      }
      throw CheckFailure("an error of one rank is not one of all")
    } catch let error as OptimKitError {
      try require(error.kind == .unreadableFile && error.cause == "no file", error.cause)
    }
  }
}
