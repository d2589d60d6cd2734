import Foundation
import OptimKit
import OptimKitTesting
import Testing

/// Readers of files against damaged ones: whatever the bytes, a value or an `OptimKitError`. Seeded, so that a case
/// that fails does so again.
@Suite("Readers survive damaged files")
struct ReaderFuzzTests {
  static let casesPerReader = 7000

  @Test("There are at least 20 000 cases")
  func count() {
    // Four readers; more cases are in CheckpointFuzzTests, OptionFuzzTests and ShapeFuzzTests.
    #expect(4 * Self.casesPerReader >= 20_000)
  }

  @Test(".npy files")
  func numPy() throws {
    let seeds = try [
      NumPyArray(shape: [3, 2], values: [1.0, 2, 3, 4, 5, 6]).serialized(),
      NumPyArray(shape: [4], values: [Float(1), 2, 3, 4]).serialized(),
      NumPyArray(shape: [0, 5], values: [Double]()).serialized(),
    ]
    fuzz(seeds, words: ["<f4", ">f8", "'shape': (", "99999999999999999999", "True", "\u{93}NUMPY"])
    {
      _ = try NumPyArray(parsing: $0, name: "case.npy")
    }
  }

  @Test("CSV files")
  func csv() {
    let seeds = ["a,b\n1,2\n3,4\n", "1;2\r\n3;4", "1,\"2\"\n", "x\ty\n1e300\t-0\n", "1 2\n3 4\n"]
    fuzz(
      seeds.map { Data($0.utf8) },
      words: ["\"", "nan", "1e999", ",,", "\r", "\u{FEFF}", "\0", "١", "0x1p3"]
    ) {
      _ = try CSVTable(parsing: $0, name: "case.csv")
    }
  }

  @Test("LIBSVM files")
  func libsvm() {
    let seeds = ["1 1:0.5 3:2\n-1 2:1e-3 # two\n", "0\t1:1 2:1 1000:7\r\n\n3 4:-0\n"]
    fuzz(
      seeds.map { Data($0.utf8) },
      words: [":", "99999999999:1", " 2147483648:1", "nan", "qid:3", "1:1e999", "#", "\0", "0:1"]
    ) {
      _ = try LIBSVMFile(parsing: $0, name: "case.libsvm")
    }
  }

  @Test("checkpoints")
  func checkpoints() throws {
    let seeds = try [1, 4].map { try CheckpointTests.makeCheckpoint(steps: $0).serialized() }
    fuzz(seeds, words: ["OptimKit", "\u{1}\0\0\0", "{}", "\"history\":[]"]) {
      _ = try Checkpoint($0)
    }
  }

  private func fuzz(_ seeds: [Data], words: [String], _ read: (Data) throws -> Void) {
    var stream = RandomKey(seed: 6, purpose: "damaged files").stream()
    var refused = 0
    for number in 0..<Self.casesPerReader {
      var bytes = [UInt8](seeds[number % seeds.count])
      for _ in 0..<Int.random(in: 1...6, using: &stream) {
        let position = Int.random(in: 0...bytes.count, using: &stream)
        switch Int.random(in: 0..<6, using: &stream) {
        case 0 where position < bytes.count:
          bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &stream)
        case 1 where position < bytes.count:
          bytes[position] = UInt8.random(in: 0...255, using: &stream)
        case 2: bytes.removeSubrange(position..<min(bytes.count, position + 8))
        case 3: bytes = Array(bytes.prefix(position))
        case 4:
          bytes.insert(
            contentsOf: words[Int.random(in: 0..<words.count, using: &stream)].utf8, at: position)
        default:
          let end = min(bytes.count, position + Int.random(in: 1...20, using: &stream))
          bytes.insert(contentsOf: bytes[position..<end], at: position)
        }
      }
      do {
        try read(Data(bytes))
      } catch {
        #expect(error is OptimKitError, "case \(number): \(error)")
        refused += 1
      }
    }
    // Damage has to be seen, and some of it harms nobody; checkpoints have a checksum.
    #expect(refused > Self.casesPerReader / 10 && refused <= Self.casesPerReader)
  }
}
