import Foundation

/// y ≈ c xᵉ, fitted to points on logarithmic scales by least squares.
struct PowerLaw {
  let exponent: Double

  /// Fits positive points; nil with fewer than two.
  init?(_ points: [(x: Double, y: Double)]) {
    guard points.count > 1 else { return nil }
    let logarithms = points.map { (log($0.x), log($0.y)) }
    let count = Double(points.count)
    let mean = logarithms.reduce((0, 0)) { ($0.0 + $1.0 / count, $0.1 + $1.1 / count) }
    let covariance = logarithms.reduce(0) { $0 + ($1.0 - mean.0) * ($1.1 - mean.1) }
    let variance = logarithms.reduce(0) { $0 + ($1.0 - mean.0) * ($1.0 - mean.0) }
    exponent = covariance / variance
  }
}
