import Foundation
import OptimKit

extension Scene {
  /// Points in a ball of radius 1, seen by cameras that stand around it at a distance of 5 and look at its center, each of
  /// them by half of the cameras; the start is the truth, perturbed.
  init(synthetic options: Options) throws {
    let key = RandomKey(seed: UInt64(options.seed), purpose: "bundle adjustment")
    var stream = key.stream()
    var truth: [Double] = []
    for number in 0..<options.cameras {
      let angle = 2 * Double.pi * Double(number) / Double(options.cameras)
      let height = Double.random(in: -1...1, using: &stream)
      truth += Self.camera(at: Vector3(5 * cos(angle), height, 5 * sin(angle)))
    }
    for _ in 0..<options.points {
      var point = Vector3(2, 0, 0)
      while (point * point).sum() > 1 {
        point = Vector3(
          Double.random(in: -1...1, using: &stream), Double.random(in: -1...1, using: &stream),
          Double.random(in: -1...1, using: &stream))
      }
      truth += [point.x, point.y, point.z]
    }
    var observations: [Observation] = []
    for point in 0..<options.points {
      var seen = (0..<options.cameras).filter { _ in Bool.random(using: &stream) }
      // A point has to be seen twice to have a place.
      if seen.count < 2 { seen = [point % options.cameras, (point + 1) % options.cameras] }
      observations += seen.map { Observation(camera: $0, point: point) }
    }
    model = ReprojectionModel(
      cameraCount: options.cameras, pointCount: options.points, observations: observations)
    var observed = Double.zeros(model.outputCount)
    var span = observed.mutableSpan
    model.evaluate(at: truth.span, into: &span)
    let noise: [Double] = Self.normal(model.outputCount, key.with(iteration: 1))
    Double.add(options.noise, noise.span, to: &span)
    for number in observations.indices
    where Double.random(in: 0..<1, using: &stream) < options.outliers {
      span[2 * number] += Double.random(in: -200...200, using: &stream)
      span[2 * number + 1] += Double.random(in: -200...200, using: &stream)
    }
    self.observed = observed
    start = Self.perturbed(truth, options, key.with(iteration: 2))
  }

  /// Rotations and points by parts of 1, the distances and focal lengths of cameras by parts of themselves.
  private static func perturbed(
    _ truth: [Double], _ options: Options, _ key: RandomKey
  ) -> [Double] {
    let noise = normal(truth.count, key)
    let sizes = [1.0, 1, 1, 1, 1, 1, 500, 0, 0]
    return truth.indices.map {
      let size = $0 < 9 * options.cameras ? sizes[$0 % 9] : 1
      return truth[$0] + options.perturbation * size * noise[$0]
    }
  }

  private static func normal(_ count: Int, _ key: RandomKey) -> [Double] {
    var result = Double.zeros(count)
    var span = result.mutableSpan
    key.fillNormal(&span)
    return result
  }

  /// A camera that looks from `place` at the origin.
  private static func camera(at place: Vector3) -> [Double] {
    // It looks along its negative third axis.
    let back = place / (place * place).sum().squareRoot()
    var right = cross(Vector3(0, 1, 0), back)
    right /= (right * right).sum().squareRoot()
    let up = cross(back, right)
    let rotation = vector(ofRows: right, up, back)
    let translation = -Vector3((right * place).sum(), (up * place).sum(), (back * place).sum())
    return [
      rotation.x, rotation.y, rotation.z, translation.x, translation.y, translation.z, 500, -0.05,
      0.01,
    ]
  }

  /// ω of a rotation matrix, by its quaternion.
  private static func vector(ofRows x: Vector3, _ y: Vector3, _ z: Vector3) -> Vector3 {
    // The largest of four ways to write it loses no digits (Shepperd 1978).
    let trace = x.x + y.y + z.z
    let candidates = [trace, x.x, y.y, z.z]
    var (w, v) = (0.0, Vector3(0, 0, 0))
    switch candidates.firstIndex(of: candidates.max() ?? trace) {
    case 0:
      let s = 2 * (1 + trace).squareRoot()
      (w, v) = (s / 4, Vector3(z.y - y.z, x.z - z.x, y.x - x.y) / s)
    case 1:
      let s = 2 * (1 + x.x - y.y - z.z).squareRoot()
      (w, v) = ((z.y - y.z) / s, Vector3(s / 4, (x.y + y.x) / s, (x.z + z.x) / s))
    case 2:
      let s = 2 * (1 + y.y - x.x - z.z).squareRoot()
      (w, v) = ((x.z - z.x) / s, Vector3((x.y + y.x) / s, s / 4, (y.z + z.y) / s))
    default:
      let s = 2 * (1 + z.z - x.x - y.y).squareRoot()
      (w, v) = ((y.x - x.y) / s, Vector3((x.z + z.x) / s, (y.z + z.y) / s, s / 4))
    }
    let norm = (v * v).sum().squareRoot()
    guard norm > 0 else { return Vector3(0, 0, 0) }
    return v * (2 * atan2(norm, w) / norm)
  }
}
