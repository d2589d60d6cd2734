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

  @Test("intersect, unless nothing is left")
  func intersecting() throws {
    let one = try ParameterBounds<Double>(lower: [0, -.infinity, 3], upper: [2, 2, 3])
    let other = try ParameterBounds<Double>(lower: [1, -1, 0], upper: [.infinity, .infinity, 4])
    let both = try one.intersection(other)
    #expect(both.lower == [1, -1, 3] && both.upper == [2, 2, 3])
    #expect(both == (try other.intersection(one)))
    #expect(both.fixedParameters == [2])
    #expect(both.activeParameters(at: [1, 0, 3]) == [0, 2])
    for (lower, upper) in [([3, 0, 0], [4, 1, 9]), ([0], [1])] as [([Double], [Double])] {
      let third = try ParameterBounds(lower: lower, upper: upper)
      let error = #expect(throws: OptimKitError.self) { try one.intersection(third) }
      #expect(error?.remedy.isEmpty == false)
    }
  }
}
