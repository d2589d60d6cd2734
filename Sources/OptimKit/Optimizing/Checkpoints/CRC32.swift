import Foundation

/// The checksum of IEEE 802.3, as in zip and PNG files: every error of up to 32 neighbouring bits shows.
enum CRC32 {
  /// Eight tables, for eight bytes a step (Intel's slicing-by-8).
  private static let tables: [[UInt32]] = {
    var tables = [[UInt32]](repeating: [UInt32](repeating: 0, count: 256), count: 8)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = (value >> 1) ^ ((value & 1) * 0xEDB8_8320) }
      tables[0][byte] = value
    }
    for table in 1..<8 {
      for byte in 0..<256 {
        let value = tables[table - 1][byte]
        tables[table][byte] = (value >> 8) ^ tables[0][Int(value & 0xFF)]
      }
    }
    return tables
  }()

  private static let flat = tables.flatMap { $0 }

  /// The checksum of all bytes.
  static func checksum(of data: Data) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    flat.withUnsafeBufferPointer { table in
      data.withUnsafeBytes { bytes in
        var index = 0
        while index + 8 <= bytes.count {
          let word =
            UInt64(
              littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            ^ UInt64(crc)
          crc = 0
          for position in 0..<8 {
            let byte = Int(truncatingIfNeeded: (word >> (8 * UInt64(position))) & 0xFF)
            crc ^= table[(7 - position) * 256 + byte]
          }
          index += 8
        }
        while index < bytes.count {
          crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
          index += 1
        }
      }
    }
    return ~crc
  }

  /// The checksum of numbers as they are in memory.
  static func checksum<Element>(ofElements elements: [Element]) -> UInt32 {
    elements.withUnsafeBytes { checksum(of: Data($0)) }
  }
}
