import Foundation
import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Spectral coordinates")
struct SpectralCoordinatesTests {
  /// Singular values over ten orders of magnitude, one of them zero, and every part of a residual.
  private let model = SpectralCoordinates(
    values: [3, 1, 0.2, 1e-3, 1e-6, 3e-10, 0], coefficients: [1, -2, 0.5, 0.3, -0.1, 0.2, 4],
    cutoff: 1e-15)

  @Test("damped steps satisfy Moré and Sorensen's conditions", arguments: [1e-3, 1, 1e4, 1e12])
  func optimality(radius: Double) {
    let damping = model.damping(forNorm: radius, accuracy: 1e-10)
    let w = model.damped(by: damping)
    #expect(damping >= 0)
    #expect(SpectralCoordinates.norm(w) <= (1 + 1e-9) * radius)
    // μ (‖w‖ − Δ) = 0.
    #expect(damping == 0 || abs(SpectralCoordinates.norm(w) / radius - 1) < 1e-9)
    // (Σ² + μ) w = −Σc.
    for i in w.indices {
      let value = model.values[i]
      let force = value * model.coefficients[i]
      #expect(abs((value * value + damping) * w[i] + force) <= 1e-14 * abs(force))
    }
  }

  @Test("the dogleg stays in the ball, between the Cauchy point and the minimum")
  func dogleg() {
    for exponent in -12...12 {
      let radius = pow(10, Double(exponent))
      let step = model.dogleg(radius: radius)
      #expect(SpectralCoordinates.norm(step) <= (1 + 1e-12) * radius)
      // The Cauchy point: the minimum along −Σc in the ball.
      let gradient = zip(model.values, model.coefficients).map { $0 * $1 }
      let norm = SpectralCoordinates.norm(gradient)
      let image = SpectralCoordinates.norm(zip(model.values, gradient).map { $0 * $1 })
      let length = min(radius / norm, norm * norm / (image * image))
      let cauchy = model.reduction(of: gradient.map { -length * $0 })
      let best = model.reduction(
        of: model.damped(by: model.damping(forNorm: radius, accuracy: 1e-10)))
      let reduction = model.reduction(of: step)
      #expect(reduction >= cauchy * (1 - 1e-12))
      #expect(reduction <= best * (1 + 1e-9))
    }
  }

  @Test("truncated steps drop what is below the cutoff, and zero singular values are left out")
  func truncation() {
    let step = model.truncated(below: 1e-4)
    #expect(step.map { $0 != 0 } == [true, true, true, true, false, false, false])
    #expect(model.rank == 6)
    #expect(abs(model.reduction(of: model.damped(by: 0)) / model.largestReduction - 1) < 1e-14)
  }
}
