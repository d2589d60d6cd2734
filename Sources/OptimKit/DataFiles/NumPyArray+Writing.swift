import Foundation

extension NumPyArray {
  /// The bytes that every `.npy` file starts with.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Returns the array as the content of an `.npy` file, which `numpy.load` reads.
  ///
  /// Version 1.0 of the format, or 2.0 if the shape is too long for it; values are little-endian.
  ///
  /// - Complexity: O(n) for n values.
  public func serialized() -> Data {
    var data = Self.header(of: storage, shape: shape)
    data.append(storage.bytes)
    return data
  }

  /// What stands before the values of an array.
  static func header(of storage: Storage, shape: [Int]) -> Data {
    let elementType =
      switch storage {
      case .float32: "<f4"
      case .float64: "<f8"
      }
    let extents = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let dictionary =
      "{'descr': '\(elementType)', 'fortran_order': False, 'shape': (\(extents)), }"
    // The values start at a multiple of 64 bytes; the header before them ends with a line feed.
    func paddedLength(lengthSize: Int) -> Int {
      let prefix = magic.count + 2 + lengthSize
      return (prefix + dictionary.utf8.count + 1 + 63) / 64 * 64 - prefix
    }
    let isLong = paddedLength(lengthSize: 2) > UInt16.max
    let length = paddedLength(lengthSize: isLong ? 4 : 2)

    var header = Data(magic)
    header.append(contentsOf: [isLong ? 2 : 1, 0])
    for byte in 0..<(isLong ? 4 : 2) {
      header.append(UInt8(truncatingIfNeeded: length >> (8 * byte)))
    }
    header.append(contentsOf: dictionary.utf8)
    header.append(Data(repeating: UInt8(ascii: " "), count: length - dictionary.utf8.count - 1))
    header.append(UInt8(ascii: "\n"))
    return header
  }

  /// Writes the array to an `.npy` file, which `numpy.load` reads.
  ///
  /// The file is written under a temporary name in the same folder and then renamed, so that a reader
  /// sees the old content or the new, and a failure leaves an existing file as it was.
  ///
  /// - Parameter url: The file to create or replace.
  /// - Throws: ``OptimKitError`` of kind `unwritableFile`, with the reason of the system.
  /// - Complexity: O(n) for n values; holds the content of the file in memory besides the array.
  public func write(to url: URL) throws {
    do {
      try serialized().write(to: url, options: .atomic)
    } catch {
      let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
      throw OptimKitError(
        .unwritableFile,
        cause: "the file \(url.path) cannot be written (\(reason.localizedDescription))",
        remedy: "check that its folder exists and is writable, and that the disk has room")
    }
  }
}

extension NumPyArray.Storage {
  /// The values as they stand in a file: those of every platform of Swift are little-endian.
  var bytes: Data {
    switch self {
    case .float32(let values): values.withUnsafeBytes { Data($0) }
    case .float64(let values): values.withUnsafeBytes { Data($0) }
    }
  }
}
