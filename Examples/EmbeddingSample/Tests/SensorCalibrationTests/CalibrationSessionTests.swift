import OptimKit
import Testing

@testable import SensorCalibration

@Suite("Calibrations")
struct CalibrationSessionTests {
  private let sensor = SimulatedSensor()

  @Test("find offset and distortion to within what the noise allows")
  func truth() throws {
    let session = try CalibrationSession(
      readings: sensor.readings(20_000, seed: 1), fieldStrength: sensor.fieldStrength)
    while try session.advance() != nil {}
    let outcome = session.finish()
    #expect(outcome.isConverged, "\(outcome.report)")
    // The error of a length is that of one component, in the units of the field.
    #expect(abs(outcome.error / sensor.noise - 1) < 0.1)
    let found = outcome.correction
    // Standard errors are about √3 · 0.1 / √20 000 for the offset, and that over the field for the matrix.
    #expect(length(found.offset - sensor.correction.offset) < 0.01)
    #expect(length(found.matrix.diagonal - sensor.correction.matrix.diagonal) < 3e-4)
    #expect(length(found.matrix.offDiagonal - sensor.correction.matrix.offDiagonal) < 3e-4)
  }

  @Test("step by step come to the same bits as in one go")
  func sameBits() throws {
    let readings = sensor.readings(2000, seed: 2)
    let session = try CalibrationSession(readings: readings, fieldStrength: sensor.fieldStrength)
    while try session.advance() != nil {}
    let whole = try minimize(
      CalibrationSession.objective(readings: readings, fieldStrength: sensor.fieldStrength),
      from: CalibrationSession.start(readings: readings, fieldStrength: sensor.fieldStrength)
        .parameters,
      using: CalibrationSession.optimizer, until: CalibrationSession.stopping)
    #expect(session.finish().correction.parameters == whole.best.parameters)
  }

  @Test("that are cancelled keep the best correction so far")
  func cancellation() throws {
    let token = CancellationToken()
    let session = try CalibrationSession(
      readings: sensor.readings(2000, seed: 3), fieldStrength: sensor.fieldStrength,
      cancellation: token)
    let first = try #require(try session.advance())
    token.cancel()
    #expect(try session.advance() == nil)
    let outcome = session.finish()
    #expect(!outcome.isConverged && outcome.error == first.error)
  }

  @Test("of readings that cannot be calibrated are refused")
  func refusals() {
    #expect(throws: OptimKitError.self) {
      try CalibrationSession(readings: sensor.readings(9, seed: 4), fieldStrength: 48)
    }
    #expect(throws: OptimKitError.self) {
      try CalibrationSession(
        readings: sensor.readings(20, seed: 4) + [[.nan, 0, 0]], fieldStrength: 48)
    }
    #expect(throws: OptimKitError.self) {
      try CalibrationSession(readings: sensor.readings(20, seed: 4), fieldStrength: 0)
    }
  }
}
