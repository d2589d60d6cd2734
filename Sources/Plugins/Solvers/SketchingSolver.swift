import OptimKit

/// What solvers that precondition with a sketch have in common: its distribution and size, and a limit.
///
/// - Implementor may: check options of its own in `validate`, after or instead of the common ones.
public protocol SketchingSolver: LinearSolver {
  /// The distribution's type.
  associatedtype Sketch: Sketcher

  /// The distribution of the sketch.
  var sketch: Sketch { get }

  /// Rows of the sketch per column.
  var oversampling: Double { get }

  /// The largest number of iterations in one solve.
  var maximumIterations: Int { get }
}

extension SketchingSolver {
  /// The distribution of the sketch.
  public var sketcher: (any Sketcher)? { sketch }

  /// Name, sketch and its size.
  public var settings: [RunSetting.Name: String] { sketchSettings }

  var sketchSettings: [RunSetting.Name: String] {
    baseSettings.merging([.sketchRows: "\(oversampling) a column"]) { $1 }
  }

  /// Throws where an option is outside its domain.
  public func validate() throws { try validateSketching() }

  func validateSketching() throws {
    try validateOversampling(oversampling)
    try validateIterationLimit(maximumIterations)
  }
}
