import OptimKit

/// A way to solve that the automatic solver knows.
enum SolvingMethod: Hashable, Sendable, Codable {
  case exact(FactorPrecision)
  case sketchedCG(SketchKind)
  case conjugateGradients
  case pivotedCholeskyCG
  case nystromCG
  case qr
  case sketchedLSQR
  case lsqr

  /// The sketches that serve everywhere they apply.
  enum SketchKind: String, CaseIterable, Hashable, Sendable, Codable {
    case neuronSampling
    case tensor
    case sparseSign
    case srht

    var sketcher: any Sketcher {
      switch self {
      case .neuronSampling: NeuronSamplingSketcher()
      case .tensor: TensorSketcher()
      case .sparseSign: SparseSignSketcher()
      case .srht: SRHTSketcher()
      }
    }
  }

  /// All ways, the most accurate last.
  static var all: [Self] {
    [.exact(.working), .exact(.single)] + SketchKind.allCases.map { .sketchedCG($0) }
      + [.pivotedCholeskyCG, .conjugateGradients, .nystromCG, .qr, .sketchedLSQR, .lsqr]
  }

  /// The name in reports.
  var name: String {
    switch self {
    case .exact(.working): "exact Cholesky"
    case .exact(.single): "exact Cholesky in single precision"
    case .sketchedCG(let kind): "sketched CG, \(kind.sketcher.name)"
    case .conjugateGradients: "CG"
    case .pivotedCholeskyCG: "pivoted Cholesky CG"
    case .nystromCG: "Nyström CG"
    case .qr: "QR"
    case .sketchedLSQR: "sketched LSQR, sparse-sign"
    case .lsqr: "LSQR"
    }
  }

  /// Whether the tall matrix is worked on, so that the condition number is not squared.
  var isOnTallMatrix: Bool { self == .qr || self == .sketchedLSQR || self == .lsqr }

  /// The solver.
  func makeSolver(
    oversampling: Double?, rank: Int?, maximumIterations: Int
  ) -> any LinearSolver {
    switch self {
    case .exact(let precision):
      return CholeskySolver(precision: precision, reuse: .adaptive)
    case .sketchedCG(let kind):
      let sketcher = kind.sketcher
      return Self.sketchedCG(sketcher, oversampling ?? 4, maximumIterations)
    case .conjugateGradients:
      return ConjugateGradientSolver(maximumIterations: maximumIterations)
    case .pivotedCholeskyCG:
      return PreconditionedCGSolver(
        PivotedCholeskyPreconditioning(maximumRank: rank ?? 512),
        maximumIterations: maximumIterations)
    case .nystromCG:
      return PreconditionedCGSolver(
        NystromPreconditioning(), maximumIterations: maximumIterations)
    case .qr:
      return QRSolver()
    case .sketchedLSQR:
      return SketchedLSQRSolver(
        SparseSignSketcher(), oversampling: oversampling ?? 4,
        maximumIterations: maximumIterations)
    case .lsqr:
      return LSQRSolver(maximumIterations: maximumIterations)
    }
  }

  private static func sketchedCG(
    _ sketcher: some Sketcher, _ oversampling: Double, _ maximumIterations: Int
  ) -> any LinearSolver {
    // As good a preconditioner, in less time.
    SketchedCGSolver(
      sketcher, oversampling: oversampling, maximumIterations: maximumIterations,
      precision: .single)
  }
}
