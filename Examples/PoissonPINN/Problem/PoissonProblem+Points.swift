import OptimKit

extension PoissonProblem {
  /// Points inside of the cube and on its faces.
  static func points(
    _ dimension: Int, seed: UInt64
  ) throws -> (interior: Matrix<Double>, boundary: Matrix<Double>) {
    if dimension == 2 { return (try grid(30, offset: 0.5, cells: 30), try edges(30)) }
    let key = RandomKey(seed: seed, purpose: .data)
    let interior = try random(3000, dimension, key)
    var boundary = try random(500, dimension, key.with(iteration: 1))
    // In turn, one coordinate is 0 or 1.
    for row in 0..<boundary.rowCount {
      let face = row % (2 * dimension)
      boundary[row, face / 2] = Double(face % 2)
    }
    return (interior, boundary)
  }

  /// A grid of 50 × 50 points, its border included, in two dimensions; 10 000 random ones in others.
  static func testPoints(_ dimension: Int, seed: UInt64) throws -> Matrix<Double> {
    dimension == 2
      ? try grid(50, offset: 0, cells: 49)
      : try random(10_000, dimension, RandomKey(seed: seed, purpose: "test points"))
  }

  /// Points (i + offset) / cells in both coordinates, i < count.
  static func grid(_ count: Int, offset: Double, cells: Double) throws -> Matrix<Double> {
    let coordinates = (0..<count).map { (Double($0) + offset) / cells }
    return try Matrix(
      rowCount: count * count, columnCount: 2,
      storage: coordinates.flatMap { x in coordinates.flatMap { [x, $0] } })
  }

  /// As many points on each edge of the square, evenly spaced around it.
  private static func edges(_ count: Int) throws -> Matrix<Double> {
    let steps = (0..<count).map { Double($0) / Double(count) }
    let points =
      steps.map { [$0, 0] } + steps.map { [1, $0] } + steps.map { [1 - $0, 1] }
      + steps.map { [0, 1 - $0] }
    return try Matrix(rowCount: points.count, columnCount: 2, storage: points.flatMap { $0 })
  }

  private static func random(
    _ count: Int, _ dimension: Int, _ key: RandomKey
  ) throws -> Matrix<Double> {
    var coordinates = Double.zeros(count * dimension)
    var span = coordinates.mutableSpan
    key.fillUniform(&span)
    return try Matrix(rowCount: count, columnCount: dimension, storage: coordinates)
  }
}
