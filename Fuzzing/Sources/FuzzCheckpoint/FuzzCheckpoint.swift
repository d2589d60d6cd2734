import Foundation
import FuzzSupport
import OptimKit

/// Reads one case as a checkpoint; then as the header and the vectors of one, put together with the lengths and the
/// checksum that they should have, so that the bytes behind the checksum are read too.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzCase.read(bytes, count) { data in
    _ = try? Checkpoint(data)
    let checkpoint = try Checkpoint(assembled(data))
    // What was read can be written, and is read again.
    let copy = try Checkpoint(checkpoint.serialized())
    precondition(copy.iteration == checkpoint.iteration)
  }
}

/// A checkpoint whose header are the bytes up to the first 0, and whose vectors are those after it.
private func assembled(_ data: Data) -> Data {
  let header = data.prefix { $0 != 0 }
  let vectors = data.dropFirst(header.count + 1)
  let length = 28 + header.count + vectors.count + 4
  var file = Data("OptimKit".utf8)
  append(UInt32(Checkpoint.formatVersion), to: &file)
  append(UInt64(length), to: &file)
  append(UInt64(header.count), to: &file)
  file += header
  file += vectors
  append(checksum(file), to: &file)
  return file
}

private func append(_ value: some FixedWidthInteger, to data: inout Data) {
  withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
}

/// CRC-32 of IEEE 802.3, bit by bit.
private func checksum(_ bytes: Data) -> UInt32 {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320) }
  }
  return ~crc
}
