import Foundation

extension Formula {
  /// Parameters to start from, as the data suggest.
  func guess(_ x: [Double], _ y: [Double]) -> [Double] {
    let data = zip(x, y).sorted { $0.0 < $1.0 }
    let (left, right) = (data.first?.0 ?? 0, data.last?.0 ?? 1)
    let width = right > left ? right - left : 1
    let (low, high) = (y.min() ?? 0, y.max() ?? 1)
    let (start, end) = (data.first?.1 ?? 0, data.last?.1 ?? 0)
    switch self {
    case .line: return Self.line(x, y)
    case .parabola: return Self.line(x, y) + [0]
    case .exponential:
      // A line through the logarithms of what has the sign of the largest value.
      let sign = high >= -low ? 1.0 : -1
      let kept = data.filter { sign * $0.1 > 0 }
      let fit = Self.line(kept.map(\.0), kept.map { log(sign * $0.1) })
      return [sign * exp(fit[0]), fit[1]]
    case .decay: return [start - end, width / 3, end]
    case .saturation: return [abs(high) >= abs(low) ? high : low, width / 3]
    case .logistic:
      let middle = data.first { ($0.1 - high / 2) * (end - start) >= 0 }?.0 ?? left + width / 2
      return [1.05 * high, middle, (end >= start ? 1 : -1) * width / 10]
    case .gaussian:
      let base = (start + end) / 2
      let isUp = high - base >= base - low
      let peak = data.first { $0.1 == (isUp ? high : low) }?.0 ?? left + width / 2
      return [(isUp ? high : low) - base, peak, width / 6, base]
    case .power:
      let sign = high >= -low ? 1.0 : -1
      let kept = data.filter { $0.0 > 0 && sign * $0.1 > 0 }
      let fit = Self.line(kept.map { log($0.0) }, kept.map { log(sign * $0.1) })
      return [sign * exp(fit[0]), fit[1]]
    case .michaelisMenten:
      return [1.2 * high, data.first { $0.1 >= high / 2 }?.0 ?? width / 2]
    case .sine: return Self.sine(data)
    }
  }

  /// a + b x by least squares.
  private static func line(_ x: [Double], _ y: [Double]) -> [Double] {
    guard !x.isEmpty else { return [0, 0] }
    let count = Double(x.count)
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    let square = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let product = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    let slope = square > 0 ? product / square : 0
    return [meanY - slope * meanX, slope]
  }

  /// The largest of the Fourier sums of 1/2, 1, 3/2, … periods.
  private static func sine(_ data: [(Double, Double)]) -> [Double] {
    let count = Double(max(data.count, 1))
    let mean = data.reduce(0) { $0 + $1.1 } / count
    let (left, right) = (data.first?.0 ?? 0, data.last?.0 ?? 1)
    let width = right > left ? right - left : 1
    var best = (square: -1.0, period: width, cosine: 0.0, sine: 0.0)
    for halves in 1...max(1, min(data.count, 400)) {
      let period = 2 * width / Double(halves)
      var (cosine, sine) = (0.0, 0.0)
      for (x, y) in data {
        let turn = 2 * Double.pi * (x - left) / period
        cosine += (y - mean) * Foundation.cos(turn) * 2 / count
        sine += (y - mean) * Foundation.sin(turn) * 2 / count
      }
      let square = cosine * cosine + sine * sine
      if square > best.square { best = (square, period, cosine, sine) }
    }
    let phase = Foundation.atan2(best.cosine, best.sine)
    return [
      best.square.squareRoot(), left - phase / (2 * .pi) * best.period, best.period, mean,
    ]
  }
}
