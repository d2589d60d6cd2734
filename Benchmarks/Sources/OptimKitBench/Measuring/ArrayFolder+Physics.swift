import Foundation
import OptimKit
import OptimKitModels

extension ArrayFolder {
  /// −Δu = f on the unit square with u = sin πx sin πy, as `poisson-pinn` poses it: 900 points inside, 120 on the
  /// boundary, a boundary weight of 10, and where training starts.
  static func physics(width: Int, seed: Int) throws -> ArrayFolder {
    let inside = try grid(30, offset: 0.5, cells: 30)
    let edge = (0..<30).map { Double($0) / 30 }
    let boundary = try Matrix(
      rowCount: 120, columnCount: 2,
      storage: (edge.map { [$0, 0] } + edge.map { [1, $0] } + edge.map { [1 - $0, 1] }
        + edge.map { [0, 1 - $0] }).flatMap { $0 })
    let model = try PhysicsInformedModel(
      network: NetworkArchitecture(inputCount: 2, hiddenWidths: [width]),
      conditions: [.init(.negativeLaplacian, at: inside), .init(.identity, at: boundary)])
    let tests = try grid(50, offset: 0, cells: 49)
    let folder = try ArrayFolder()
    try folder.add("interior", inside)
    try folder.add("boundary", boundary)
    try folder.add("y", solution(inside).map { 2 * .pi * .pi * $0 } + solution(boundary))
    try folder.add("w", model.meanWeights([1, 10]))
    try folder.add("start", model.initialParameters(seed: UInt64(seed)))
    try folder.add("testPoints", tests)
    try folder.add("testValues", solution(tests))
    return folder
  }

  private static func solution(_ points: Matrix<Double>) -> [Double] {
    (0..<points.rowCount).map { sin(.pi * points[$0, 0]) * sin(.pi * points[$0, 1]) }
  }

  private static func grid(_ count: Int, offset: Double, cells: Double) throws -> Matrix<Double> {
    let coordinates = (0..<count).map { (Double($0) + offset) / cells }
    return try Matrix(
      rowCount: count * count, columnCount: 2,
      storage: coordinates.flatMap { x in coordinates.flatMap { [x, $0] } })
  }
}
