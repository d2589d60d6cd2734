import OptimKit

/// The strength of the field that corrected readings show, ‖A (m − b)‖ for each reading m.
///
/// Parameters are the offset b and the elements of the symmetric matrix A, nine in all: b, the diagonal of A, and yz, xz,
/// xy of it. Where a corrected reading is 0 the model has no derivative, and says so by NaN.
struct CalibrationModel: Model {
  let readings: [SIMD3<Double>]

  var parameterCount: Int { 9 }
  var outputCount: Int { readings.count }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    let correction = Correction(parameters)
    for (i, reading) in readings.enumerated() {
      outputs[i] = length(correction.apply(to: reading))
    }
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> CalibrationJacobian {
    let correction = Correction(parameters)
    var directions: [SIMD3<Double>] = []
    directions.reserveCapacity(readings.count)
    for (i, reading) in readings.enumerated() {
      let corrected = correction.apply(to: reading)
      outputs[i] = length(corrected)
      directions.append(corrected / outputs[i])
    }
    return CalibrationJacobian(
      readings: readings, correction: correction, directions: directions)
  }
}

extension Correction {
  /// The parameters of the model.
  init(_ parameters: Span<Double>) {
    offset = [parameters[0], parameters[1], parameters[2]]
    matrix = SymmetricMatrix(
      diagonal: [parameters[3], parameters[4], parameters[5]],
      offDiagonal: [parameters[6], parameters[7], parameters[8]])
  }

  /// The parameters of the model.
  var parameters: [Double] {
    [offset, matrix.diagonal, matrix.offDiagonal].flatMap { [$0.x, $0.y, $0.z] }
  }
}

/// The Jacobian, kept as the directions g of the corrected readings: with u = m − b, row i is
/// (−A g, g ∘ u, and g_y u_z + g_z u_y, …).
struct CalibrationJacobian: RowAccessible {
  let readings: [SIMD3<Double>]
  let correction: Correction
  let directions: [SIMD3<Double>]

  var rowCount: Int { readings.count }
  var columnCount: Int { 9 }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    let change = Correction(x)
    let shift = correction.matrix * change.offset
    for i in result.indices {
      let corrected = change.matrix * (readings[i] - correction.offset) - shift
      result[i] = (directions[i] * corrected).sum()
    }
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {
    var sum = SIMD3<Double>.zero
    var diagonal = SIMD3<Double>.zero
    var offDiagonal = SIMD3<Double>.zero
    for i in u.indices {
      let g = u[i] * directions[i]
      let reading = readings[i] - correction.offset
      sum += g
      diagonal += g * reading
      offDiagonal += products(g, reading)
    }
    let offset = -(correction.matrix * sum)
    for k in 0..<3 {
      result[k] = offset[k]
      result[3 + k] = diagonal[k]
      result[6 + k] = offDiagonal[k]
    }
  }

  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Double>) {
    for (place, i) in rows.enumerated() {
      let reading = readings[i] - correction.offset
      let offset = -(correction.matrix * directions[i])
      let diagonal = directions[i] * reading
      let offDiagonal = products(directions[i], reading)
      for k in 0..<3 {
        result[9 * place + k] = offset[k]
        result[9 * place + 3 + k] = diagonal[k]
        result[9 * place + 6 + k] = offDiagonal[k]
      }
    }
  }

  /// g_y u_z + g_z u_y, g_x u_z + g_z u_x, g_x u_y + g_y u_x.
  private func products(_ g: SIMD3<Double>, _ u: SIMD3<Double>) -> SIMD3<Double> {
    [g.y * u.z + g.z * u.y, g.x * u.z + g.z * u.x, g.x * u.y + g.y * u.x]
  }
}

/// ‖x‖.
func length(_ x: SIMD3<Double>) -> Double { (x * x).sum().squareRoot() }
