import OptimKit
import Testing

@Suite("Parameter bounds")
struct ParameterBoundsTests {
  @Test("refuse what is not a box")
  func refusals() {
    for (lower, upper) in [
      ([0, 1], [1]), ([2], [1]), ([.nan], [1]), ([0], [.nan]), ([.infinity], [.infinity]),
      ([-.infinity], [-.infinity]),
    ] as [([Double], [Double])] {
      #expect(throws: OptimKitError.self) { try ParameterBounds(lower: lower, upper: upper) }
    }
    #expect(throws: OptimKitError.self) { try ParameterBounds(fixing: [2], at: [1.0, 2]) }
    #expect(throws: OptimKitError.self) { try ParameterBounds(fixing: [0], at: [Double.infinity]) }
  }

  @Test("project to the nearest point")
  func projecting() throws {
    let bounds = try ParameterBounds<Double>(
      lower: [0, -.infinity, 3, -1], upper: [1, 2, 3, .infinity])
    #expect(bounds.projecting([-4, 5, 9, 7]) == [0, 2, 3, 7])
    #expect(bounds.projecting([0.5, -9, 3, -2]) == [0.5, -9, 3, -1])
  }
}
