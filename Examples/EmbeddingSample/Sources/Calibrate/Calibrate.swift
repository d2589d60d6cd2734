import Foundation
import OptimKit
import SensorCalibration

/// `calibrate [readings.csv field-strength]`: the correction of a magnetometer as JSON, and the steps there.
@main
enum Calibrate {
  static func main() {
    do {
      let (readings, fieldStrength) = try input(Array(CommandLine.arguments.dropFirst()))
      let session = try CalibrationSession(readings: readings, fieldStrength: fieldStrength)
      while let progress = try session.advance() {
        // Here a user interface would show the step and look after its events.
        print("step \(progress.step): error \(progress.error)")
      }
      let outcome = session.finish()
      print(outcome.report)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(outcome.correction), as: UTF8.self))
      exit(outcome.isConverged ? 0 : 1)
    } catch {
      FileHandle.standardError.write(Data("calibrate: \(error)\n".utf8))
      exit(2)
    }
  }

  private static func input(_ arguments: [String]) throws -> ([SIMD3<Double>], Double) {
    guard !arguments.isEmpty else {
      let sensor = SimulatedSensor()
      return (sensor.readings(50_000, seed: 1), sensor.fieldStrength)
    }
    guard arguments.count == 2, let fieldStrength = Double(arguments[1]) else {
      throw OptimKitError(
        .invalidArgument, cause: "the arguments are \(arguments)",
        remedy: "give a file of three columns and the strength of the field, or nothing")
    }
    let table = try CSVTable(contentsOf: URL(filePath: arguments[0]))
    guard table.columnCount == 3 else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(arguments[0]) has \(table.columnCount) columns",
        remedy: "give three: x, y, z")
    }
    let readings = (0..<table.rowCount).map { row in
      SIMD3(table.values[3 * row], table.values[3 * row + 1], table.values[3 * row + 2])
    }
    return (readings, fieldStrength)
  }
}
