import Foundation
import OptimKit

/// Conjugate gradients, alone and with a preconditioner of low rank.
extension CostModel {
  func conjugateGradients(for system: DampedSystem<Scalar>, digits: Double) -> Estimate {
    let known = iterationRates[.conjugateGradients]
    // In exact arithmetic there are no more iterations than unknowns.
    let iterations = min(
      (known ?? 20) * digits, Double(2 * system.shortCount), Double(maximumIterations))
    return Estimate(
      method: .conjugateGradients, preparationSeconds: 0, iterations: iterations.rounded(.up),
      iterationSeconds: seconds(system.normalProductWork),
      remark: known == nil ? "at a guess, before one has run" : nil)
  }

  func nystrom(
    for system: DampedSystem<Scalar>, digits: Double
  ) -> Result<Estimate, Closed> {
    guard let known = iterationRates[.conjugateGradients] ?? iterationRates[.nystromCG],
      known * digits > 50
    else { return .failure(Closed(reason: "until CG takes more than 50 iterations")) }
    let product = seconds(system.normalProductWork)
    let isKnown = iterationRates[.nystromCG] != nil
    let rank = Double(min(128, system.shortCount))
    return .success(
      Estimate(
        method: .nystromCG, preparationSeconds: 2 * rank * product,
        iterations: ((iterationRates[.nystromCG] ?? known / 4) * digits).rounded(.up),
        iterationSeconds: product,
        remark: isKnown ? nil : "at a guess, before one has run"))
  }

  /// The best of a few ranks, at most an eighth of the order.
  func pivotedCholesky(
    for system: DampedSystem<Scalar>, digits: Double
  ) -> Result<Estimate, Closed> {
    guard system.hasStructuredGramColumns else {
      return .failure(Closed(reason: "a column of the Gram matrix costs a product"))
    }
    let order = Double(system.shortCount)
    let method = SolvingMethod.pivotedCholeskyCG
    let ranks = (rank.map { [$0] } ?? [128, 256, 512, 1024]).filter {
      Double(8 * $0) <= order && memoryShortage(scalars: 4 * order * Double($0)) == nil
    }
    let estimates = ranks.map { rank in
      // As measured on networks of four features, whose spectra decay fast at first, then slowly; more
      // features take fewer.
      let expected = 1.2 * pow(order / Double(rank), 0.55)
      return Estimate(
        method: method, rank: rank,
        preparationSeconds: seconds(system.partialCholeskyWork(columns: rank, rank: rank)),
        iterations: ((iterationRates[method] ?? expected) * digits).rounded(.up),
        iterationSeconds: seconds(
          system.normalProductWork
            + Work(streamedBytes: 2 * order * Double(rank * MemoryLayout<Scalar>.size))),
        remark: iterationRates[method] == nil ? "rank \(rank), at a guess" : "rank \(rank)")
    }
    guard let best = estimates.min(by: { $0.seconds < $1.seconds }) else {
      return .failure(Closed(reason: "the system is too small for a low rank"))
    }
    return .success(best)
  }
}
