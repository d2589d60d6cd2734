import OptimKit

/// Factors by QR of a sketch that keep Q (`SketchFactor`). Where the sketch is singular, one of twice the size
/// is tried; where that is singular too, the system itself is taken to be, and there is no preconditioner:
/// LSQR from zero finds the solution of minimum norm. The report tells.
struct SketchFactoring<Sketch: Sketcher>: MemoryReusingStrategy {
  var sketch: Sketch
  var oversampling: Double

  var name: String { "sketch" }

  var sketcher: (any Sketcher)? { sketch }

  func validate() throws { try validateOversampling(oversampling) }

  func makePreconditioner<Scalar: RealScalar>(
    for system: DampedSystem<Scalar>, key: RandomKey,
    reusing old: consuming (any Preconditioner<Scalar>)?
  ) throws -> any Preconditioner<Scalar> {
    let old = old.take() as? SketchFactor<Scalar>
    var fallbacks: [String] = []
    do {
      let factor = try system.withSketch(
        from: sketch, oversampling: oversampling, key: key, fallbacks: &fallbacks
      ) { sketch, isRetry, _ in
        try SketchFactor(
          of: system, sketch, from: self.sketch,
          smallestReciprocal: Scalar.unitRoundoff * (isRetry ? 1000 : 4), reusing: old)
      }
      factor.report.fallbacks = fallbacks
      return factor
    } catch let error as OptimKitError where error.kind == .singularSystem {
      fallbacks.append(
        "the sketched system is singular at \(Scalar.typeName) precision: LSQR without a "
          + "preconditioner, for the solution of minimum norm")
      return IdentityPreconditioner(
        report: PreparationReport(access: "no preconditioner", fallbacks: fallbacks))
    }
  }
}
