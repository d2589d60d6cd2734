import OptimKit
import OptimKitPlugins

/// The solvers that are measured. A new one needs its case and its line here, and a contestant in the cases.
enum SolverChoice: String, CaseIterable, Sendable {
  case automatic
  case exact
  case qr
  case conjugateGradient = "cg"
  case sketchedCG = "sketched-cg"
  case sketchedLSQR = "sketched-lsqr"

  /// The solver, with its sketch where it takes one.
  func makeSolver(_ sketch: SketchChoice?) -> any LinearSolver {
    let sketcher = (sketch ?? .sparseSign).makeSketcher()
    return makeSolver(with: sketcher)
  }

  private func makeSolver(with sketcher: some Sketcher) -> any LinearSolver {
    switch self {
    case .automatic: AutomaticSolver()
    case .exact: CholeskySolver()
    case .qr: QRSolver()
    case .conjugateGradient: ConjugateGradientSolver()
    case .sketchedCG: SketchedCGSolver(sketcher)
    case .sketchedLSQR: SketchedLSQRSolver(sketcher)
    }
  }
}

/// The sketches that are measured.
enum SketchChoice: String, CaseIterable, Sendable {
  case srht
  case sparseSign = "sparse-sign"
  case countSketch = "count-sketch"
  case tensor
  case gaussian
  case uniform
  case leverage
  case neuronSampling = "neuron-sampling"

  func makeSketcher() -> any Sketcher {
    switch self {
    case .srht: SRHTSketcher()
    case .sparseSign: SparseSignSketcher()
    case .countSketch: CountSketcher()
    case .tensor: TensorSketcher()
    case .gaussian: GaussianSketcher()
    case .uniform: UniformSamplingSketcher()
    case .leverage: LeverageSamplingSketcher()
    case .neuronSampling: NeuronSamplingSketcher()
    }
  }
}

extension TaskOptions {
  /// The solver asked for.
  func makeSolver() throws -> any LinearSolver {
    guard let choice = SolverChoice(rawValue: solver ?? "") else {
      throw OptimKitError(
        .invalidArgument, cause: "there is no solver \(solver ?? "")",
        remedy: "choose one of \(SolverChoice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice.makeSolver(sketchChoice)
  }

  /// The sketch asked for, or nil.
  var sketchChoice: SketchChoice? { sketch.flatMap { SketchChoice(rawValue: $0) } }
}
