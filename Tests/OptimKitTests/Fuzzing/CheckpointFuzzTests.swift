import Foundation
import OptimKit
import OptimKitTesting
import Testing

/// Checkpoints that say something wrong behind a right checksum: each value of the header in turn is replaced, or a vector
/// damaged. They are refused, or the run goes on from them; nothing traps, and all errors are OptimKit's.
@Suite("Checkpoints with a right checksum and wrong contents")
struct CheckpointFuzzTests {
  private let values: [Any] = [
    -1, 0, 1, 0.5, -1e300, 1e300, Int.max, Int.min, "word", "nan", "+infinity", true, NSNull(),
    [Any](), [String: Any](),
  ]

  private let header: Any
  private let vectors: Data

  init() throws {
    let data = try CheckpointTests.makeCheckpoint(steps: 2).serialized()
    let length = data[20..<28].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    header = try JSONSerialization.jsonObject(with: data[28..<28 + length])
    vectors = data[(28 + length)..<(data.count - 4)]
  }

  @Test("are refused or used, whatever is in the header")
  func headers() throws {
    let whole = try assembled(header, vectors)
    _ = try Checkpoint(whole)
    var cases = 0
    var resumed = 0
    for place in places(of: header) {
      for value in values {
        cases += 1
        let tree = replacing(place[...], in: header, by: value)
        if tryOut(try assembled(tree, vectors), "\(place) = \(value)") { resumed += 1 }
      }
    }
    #expect(cases > 1000)
    #expect(resumed > 0 && resumed < cases)
  }

  @Test("are refused or used, whatever is in the vectors")
  func damagedVectors() throws {
    var stream = RandomKey(seed: 8, purpose: "damaged vectors").stream()
    let special = [Double.nan, .infinity, -.infinity, 0, 1e300, -1e-300, .leastNonzeroMagnitude]
    for number in 0..<500 {
      var bytes = [UInt8](vectors)
      let value = special[Int.random(in: 0..<special.count, using: &stream)]
      let start = 8 * Int.random(in: 0..<bytes.count / 8, using: &stream)
      withUnsafeBytes(of: value) { bytes.replaceSubrange(start..<start + 8, with: $0) }
      if Bool.random(using: &stream) {
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &stream))
      }
      tryOut(try assembled(header, Data(bytes)), "case \(number)")
    }
  }

  /// Reads a checkpoint and goes on from it; whether that was possible.
  @discardableResult
  private func tryOut(_ data: Data, _ place: String) -> Bool {
    do {
      let result = try minimize(
        Parabola(parameterCount: 2), resuming: Checkpoint(data), using: GradientDescent(),
        until: [.iterations(4)])
      _ = result.summary.description
      return true
    } catch is OptimKitError {
      return false
    } catch {
      Issue.record("\(place): \(error)")
      return false
    }
  }

  // MARK: Files

  private func assembled(_ header: Any, _ vectors: Data) throws -> Data {
    let text = try JSONSerialization.data(withJSONObject: header, options: .fragmentsAllowed)
    var data = Data("OptimKit".utf8)
    append(UInt32(Checkpoint.formatVersion), to: &data)
    append(UInt64(28 + text.count + vectors.count + 4), to: &data)
    append(UInt64(text.count), to: &data)
    data += text
    data += vectors
    append(checksum(data), to: &data)
    return data
  }

  private func append(_ value: some FixedWidthInteger, to data: inout Data) {
    withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
  }

  /// CRC-32 of IEEE 802.3, bit by bit: another one than the library's.
  private func checksum(_ bytes: Data) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320) }
    }
    return ~crc
  }

  // MARK: Trees

  /// The paths to all values, of objects and of arrays too.
  private func places(of tree: Any) -> [[String]] {
    let children: [(String, Any)] =
      if let object = tree as? [String: Any] {
        object.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      } else if let array = tree as? [Any] {
        array.enumerated().map { ("\($0.offset)", $0.element) }
      } else {
        []
      }
    return children.flatMap { key, value in [[key]] + places(of: value).map { [key] + $0 } }
  }

  private func replacing(_ path: ArraySlice<String>, in tree: Any, by value: Any) -> Any {
    guard let key = path.first else { return value }
    if var object = tree as? [String: Any] {
      object[key] = object[key].map { replacing(path.dropFirst(), in: $0, by: value) }
      return object
    }
    if var array = tree as? [Any], let index = Int(key) {
      array[index] = replacing(path.dropFirst(), in: array[index], by: value)
      return array
    }
    return tree
  }
}
