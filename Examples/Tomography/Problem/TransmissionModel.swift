import Foundation
import OptimKit

/// The light exp(−∫) that is left of each ray, as a function of the pixels of an image.
struct TransmissionModel: Model {
  let geometry: RayGeometry

  var parameterCount: Int { geometry.pixelCount }
  var outputCount: Int { geometry.rayCount }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    RayTransform(geometry).integrate(parameters, into: &outputs) { _, sum in exp(-sum) }
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> TransmissionJacobian {
    evaluate(at: parameters, into: &outputs)
    var light = Double.zeros(outputs.count)
    var span = light.mutableSpan
    Double.copy(outputs.span, into: &span)
    return TransmissionJacobian(transform: RayTransform(geometry), light: light)
  }
}

/// Row i is −exp(−∫) times the lengths of ray i in the pixels: products alone, traced anew each time.
///
/// Storage: a scalar a ray.
struct TransmissionJacobian: JacobianProvider {
  let transform: RayTransform
  /// exp(−∫).
  let light: [Double]

  var rowCount: Int { transform.geometry.rayCount }
  var columnCount: Int { transform.geometry.pixelCount }

  func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {
    let light = light
    light.withUnsafeBufferPointer { light in
      let light = Shared(light)
      transform.integrate(x, into: &result) { -light.pointer[$0] * $1 }
    }
  }

  func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {
    let light = light
    light.withUnsafeBufferPointer { light in
      let light = Shared(light)
      transform.project(u, into: &result) { -light.pointer[$0] * $1 }
    }
  }
}
