import OptimKit
import OptimKitModels

/// A function of one variable with parameters, at some places.
package struct Curve: Sendable {
  /// y = f(x; b).
  package typealias Function = @Sendable (_ x: Double, _ b: [Dual]) -> Dual

  /// Where it is asked for.
  let x: [Double]
  let parameterCount: Int
  let function: Function

  /// The model: one output for each x.
  package var model: SampleModel {
    SampleModel(samples: x, parameterCount: parameterCount) { [function] in function($0, $1) }
  }

  /// The same function at other places.
  func at(_ x: [Double]) -> Curve {
    Curve(x: x, parameterCount: parameterCount, function: function)
  }
}
