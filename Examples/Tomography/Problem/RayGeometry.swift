import Foundation

/// Parallel rays through the unit square, in directions over half a turn, and the grid of pixels that they cross.
///
/// Rays and their paths are computed where they are needed: nothing is stored.
struct RayGeometry: Sendable {
  let views: Int
  let detectors: Int
  /// Pixels along each side.
  let side: Int

  var rayCount: Int { views * detectors }
  var pixelCount: Int { side * side }

  /// Calls `body` with the pixels that ray `ray` crosses and the lengths of its way through each (Siddon 1985, Amanatides
  /// and Woo 1987). Pixel rows go up, columns to the right.
  @inline(__always)
  func forEachPixel(of ray: Int, _ body: (Int, Double) -> Void) {
    let (view, detector) = ray.quotientAndRemainder(dividingBy: detectors)
    let angle = Double.pi * (Double(view) + 0.5) / Double(views)
    let (dx, dy) = (cos(angle), sin(angle))
    // Of a line around the center, within the circle around the square.
    let offset = 2.0.squareRoot() * ((Double(detector) + 0.5) / Double(detectors) - 0.5)
    let (x, y) = (0.5 - offset * dy, 0.5 + offset * dx)
    guard let (start, end) = Self.interval(x, dx, y, dy), end > start else { return }
    let cells = Double(side)
    let middle = start + 1e-12 * (end - start)
    var column = min(max(Int((x + middle * dx) * cells), 0), side - 1)
    var row = min(max(Int((y + middle * dy) * cells), 0), side - 1)
    // Lengths along the ray to the next vertical and horizontal lines of the grid, and between them.
    var nextX = dx == 0 ? .infinity : ((Double(column) + (dx > 0 ? 1 : 0)) / cells - x) / dx
    var nextY = dy == 0 ? .infinity : ((Double(row) + (dy > 0 ? 1 : 0)) / cells - y) / dy
    let (widthX, widthY) = (1 / (cells * abs(dx)), 1 / (cells * abs(dy)))
    let (stepX, stepY) = (dx > 0 ? 1 : -1, dy > 0 ? 1 : -1)
    var position = start
    while position < end {
      let next = min(nextX, nextY, end)
      if next > position { body(row * side + column, next - position) }
      position = max(position, next)
      if nextX <= nextY {
        column += stepX
        nextX += widthX
        guard column >= 0, column < side else { return }
      } else {
        row += stepY
        nextY += widthY
        guard row >= 0, row < side else { return }
      }
    }
  }

  /// Where a line enters and leaves the unit square; nil where it misses it.
  @inline(__always)
  private static func interval(
    _ x: Double, _ dx: Double, _ y: Double, _ dy: Double
  ) -> (Double, Double)? {
    var (start, end) = (-Double.infinity, Double.infinity)
    for (place, direction) in [(x, dx), (y, dy)] {
      if direction == 0 {
        guard place > 0, place < 1 else { return nil }
        continue
      }
      let (one, other) = (-place / direction, (1 - place) / direction)
      start = max(start, min(one, other))
      end = min(end, max(one, other))
    }
    return (start, end)
  }
}
