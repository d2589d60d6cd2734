import OptimKit

extension StepReport {
  /// A step that was found in the coordinates of a decomposed model.
  init(norm: Double, in coordinates: SpectralCoordinates, note: String) {
    self.init(
      stepLength: 1, stepNorm: norm,
      preparation: PreparationReport(
        access: "rows", factorization: "QR and singular value decomposition",
        rank: coordinates.rank),
      solve: SolveReport(
        status: .converged, rightHandSideNorm: (2 * coordinates.largestReduction).squareRoot(),
        notes: [note]))
  }
}
