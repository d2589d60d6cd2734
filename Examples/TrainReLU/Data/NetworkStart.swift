import OptimKit

/// What a network is before training, as far as options or files determine it.
struct NetworkStart<Scalar: RealScalar> {
  /// The number of neurons m.
  let width: Int
  /// W₀ from a file, m × d; nil where it is drawn.
  let weights: [Scalar]?
  /// a from a file, k × m; nil where it is drawn.
  let signs: Matrix<Scalar>?

  /// Reads the files and checks them against the data and against each other.
  init(_ options: Options, dimension: Int, outputs: Int) throws {
    let weights = try options.initial.map {
      try Matrix<Scalar>(option: "initial", path: $0, vectorIs: nil)
    }
    let signs = try options.signs.map {
      try Matrix<Scalar>(option: "signs", path: $0, vectorIs: .row)
    }
    if let weights, weights.columnCount != dimension {
      throw Self.mismatch(
        "--initial has \(weights.columnCount) columns, but the data have \(dimension) features",
        remedy: "give one row of \(dimension) weights per neuron")
    }
    if let signs, signs.rowCount != outputs {
      throw Self.mismatch(
        "--signs has \(signs.rowCount) rows for \(outputs) outputs",
        remedy: "give one row of signs per output")
    }
    if let signs, let index = signs.storage.firstIndex(where: { abs($0) != 1 }) {
      throw Self.mismatch(
        "sign \(index) of --signs is \(signs.storage[index])", remedy: "give +1 or -1 everywhere")
    }
    if let weights, let signs, weights.rowCount != signs.columnCount {
      throw Self.mismatch(
        "--initial has \(weights.rowCount) neurons, --signs \(signs.columnCount)",
        remedy: "give one row of weights and one sign per neuron")
    }
    if let count = weights?.rowCount ?? signs?.columnCount {
      try Options.require(
        "width", options.width, equals: count,
        "--\(weights == nil ? "signs" : "initial") has \(count) neurons")
      width = count
    } else {
      width = options.width ?? options.defaultWidth
    }
    self.weights = weights?.storage
    self.signs = signs
  }

  private static func mismatch(_ cause: String, remedy: String) -> OptimKitError {
    OptimKitError(.dimensionMismatch, cause: cause, remedy: remedy)
  }
}
