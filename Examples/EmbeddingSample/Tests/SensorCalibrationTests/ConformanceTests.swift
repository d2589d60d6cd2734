import OptimKit
import OptimKitTesting
import Testing

@testable import SensorCalibration

@Suite("The conformers")
struct ConformanceTests {
  @Test("the model has the derivatives that it says")
  func model() {
    let sensor = SimulatedSensor()
    let model = CalibrationModel(readings: sensor.readings(60, seed: 5))
    #expect(conformanceIssues(of: model, at: sensor.correction.parameters) == [])
  }

  @Test("the sketcher keeps its promises", arguments: [(40, 300), (40, 41), (7, 513)])
  func sketcher(_ size: (rows: Int, columns: Int)) {
    #expect(
      conformanceIssues(
        of: SystematicSketcher(), rows: size.rows, columns: size.columns, scalar: Double.self) == []
    )
    #expect(
      conformanceIssues(
        of: SystematicSketcher(), rows: size.rows, columns: size.columns, scalar: Float.self) == [])
  }
}
