import OptimKit

/// Which camera saw which point.
struct Observation: Sendable {
  let camera: Int
  let point: Int
}

/// Where points are in pictures, two outputs an observation, as a function of all cameras, nine parameters each, and of all
/// points after them, three each.
struct ReprojectionModel: Model {
  let cameraCount: Int
  let pointCount: Int
  let observations: [Observation]

  var parameterCount: Int { Camera.parameterCount * cameraCount + 3 * pointCount }
  var outputCount: Int { 2 * observations.count }
  var outputsPerSample: Int { 2 }

  /// Where the parameters of an observation's point start.
  func start(of point: Int) -> Int { Camera.parameterCount * cameraCount + 3 * point }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    for (number, observation) in observations.enumerated() {
      let camera = Camera(parameters, at: Camera.parameterCount * observation.camera)
      let (x, y) = camera.project(position(of: observation.point, parameters))
      outputs[2 * number] = x
      outputs[2 * number + 1] = y
    }
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> ReprojectionJacobian {
    var rows = Double.zeros(24 * observations.count)
    rows.withUnsafeMutableBufferPointer { rows in
      guard let first = rows.baseAddress else { return }
      for (number, observation) in observations.enumerated() {
        let camera = Camera(parameters, at: Camera.parameterCount * observation.camera)
        let (x, y) = camera.linearize(
          position(of: observation.point, parameters), into: first + 24 * number)
        outputs[2 * number] = x
        outputs[2 * number + 1] = y
      }
    }
    return ReprojectionJacobian(model: self, rows: rows)
  }

  private func position(of point: Int, _ parameters: Span<Double>) -> Vector3 {
    let start = start(of: point)
    return Vector3(parameters[start], parameters[start + 1], parameters[start + 2])
  }
}

/// Twelve elements a row: nine of the camera, three of the point.
///
/// Storage: 24 scalars an observation.
struct ReprojectionJacobian: SparseRows {
  let model: ReprojectionModel
  /// Rows of twelve, one after the other.
  let rows: [Double]

  var rowCount: Int { model.outputCount }
  var columnCount: Int { model.parameterCount }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    let span = rows.span
    for (number, observation) in model.observations.enumerated() {
      let (camera, point) = starts(of: observation)
      for row in 2 * number..<2 * number + 2 {
        var sum = 0.0
        for i in 0..<9 { sum += span[12 * row + i] * x[camera + i] }
        for i in 0..<3 { sum += span[12 * row + 9 + i] * x[point + i] }
        result[row] = sum
      }
    }
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {
    Double.fill(&result, with: 0)
    let span = rows.span
    for (number, observation) in model.observations.enumerated() {
      let (camera, point) = starts(of: observation)
      for row in 2 * number..<2 * number + 2 {
        let value = u[row]
        for i in 0..<9 { result[camera + i] += span[12 * row + i] * value }
        for i in 0..<3 { result[point + i] += span[12 * row + 9 + i] * value }
      }
    }
  }

  func copyRowOffsets(into result: inout MutableSpan<Int>) {
    for row in result.indices { result[row] = 12 * row }
  }

  func copySparseRows(
    _ range: Range<Int>, columns: inout MutableSpan<Int32>, values: inout MutableSpan<Double>
  ) {
    var place = 0
    for row in range {
      let (camera, point) = starts(of: model.observations[row / 2])
      for i in 0..<12 {
        columns[place] = Int32(i < 9 ? camera + i : point + i - 9)
        values[place] = rows[12 * row + i]
        place += 1
      }
    }
  }

  private func starts(of observation: Observation) -> (camera: Int, point: Int) {
    (Camera.parameterCount * observation.camera, model.start(of: observation.point))
  }
}
