import Foundation

/// The image that is scanned: ten ellipses after Shepp and Logan, The Fourier reconstruction of a head section, 1974, with
/// the contrasts of Toft, The Radon transform, 1996.
enum Phantom {
  private struct Ellipse {
    let value, halfWidth, halfHeight, x, y, degrees: Double
  }

  private static let ellipses: [Ellipse] = [
    Ellipse(value: 1, halfWidth: 0.69, halfHeight: 0.92, x: 0, y: 0, degrees: 0),
    Ellipse(value: -0.8, halfWidth: 0.6624, halfHeight: 0.874, x: 0, y: -0.0184, degrees: 0),
    Ellipse(value: -0.2, halfWidth: 0.11, halfHeight: 0.31, x: 0.22, y: 0, degrees: -18),
    Ellipse(value: -0.2, halfWidth: 0.16, halfHeight: 0.41, x: -0.22, y: 0, degrees: 18),
    Ellipse(value: 0.1, halfWidth: 0.21, halfHeight: 0.25, x: 0, y: 0.35, degrees: 0),
    Ellipse(value: 0.1, halfWidth: 0.046, halfHeight: 0.046, x: 0, y: 0.1, degrees: 0),
    Ellipse(value: 0.1, halfWidth: 0.046, halfHeight: 0.046, x: 0, y: -0.1, degrees: 0),
    Ellipse(value: 0.1, halfWidth: 0.046, halfHeight: 0.023, x: -0.08, y: -0.605, degrees: 0),
    Ellipse(value: 0.1, halfWidth: 0.023, halfHeight: 0.023, x: 0, y: -0.606, degrees: 0),
    Ellipse(value: 0.1, halfWidth: 0.023, halfHeight: 0.046, x: 0.06, y: -0.605, degrees: 0),
  ]

  /// How much light is absorbed on the way through a side of the square, where the image is 1.
  private static let density = 4.0

  /// The image on `side` × `side` pixels, row after row from below: means over 4 × 4 points of each.
  static func image(side: Int) -> [Double] {
    let fine = 4
    return (0..<side * side).map { pixel in
      let (row, column) = pixel.quotientAndRemainder(dividingBy: side)
      var sum = 0.0
      for a in 0..<fine {
        for b in 0..<fine {
          let x = 2 * (Double(column) + (Double(a) + 0.5) / Double(fine)) / Double(side) - 1
          let y = 2 * (Double(row) + (Double(b) + 0.5) / Double(fine)) / Double(side) - 1
          sum += value(x, y)
        }
      }
      return density * sum / Double(fine * fine)
    }
  }

  private static func value(_ x: Double, _ y: Double) -> Double {
    ellipses.reduce(0) { sum, ellipse in
      let angle = ellipse.degrees * .pi / 180
      let (dx, dy) = (x - ellipse.x, y - ellipse.y)
      let along = (dx * cos(angle) + dy * sin(angle)) / ellipse.halfWidth
      let across = (dy * cos(angle) - dx * sin(angle)) / ellipse.halfHeight
      return along * along + across * across <= 1 ? sum + ellipse.value : sum
    }
  }
}
