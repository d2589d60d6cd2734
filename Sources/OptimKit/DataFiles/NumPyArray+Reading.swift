import Foundation

extension NumPyArray {
  /// Reads an array from an `.npy` file.
  ///
  /// - Parameter url: The file.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` if the file is absent, or as
  ///   ``init(parsing:name:)`` does.
  /// - Complexity: O(n) for n bytes; holds the file in memory besides the array while reading.
  public init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw OptimKitError(
        .unreadableFile,
        cause: "the file \(url.path) cannot be read (\(error.localizedDescription))",
        remedy: "check the path and the permissions")
    }
    try self.init(parsing: data, name: url.path)
  }

  /// Reads an array from the bytes of an `.npy` file.
  ///
  /// Accepts versions 1.0, 2.0 and 3.0 of the format, with little-endian single- or double-precision
  /// values in row-major order.
  ///
  /// - Parameters:
  ///   - data: The whole content of the file.
  ///   - name: The name of the file, for error messages.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` that names the file, what was found in it
  ///   and, where the array is of another type or order, the conversion to apply in NumPy.
  /// - Complexity: O(n) for n bytes. Allocates for the values only once their number agrees with the
  ///   size of the data.
  public init(parsing data: Data, name: String) throws {
    let reader = Reader(data: data, name: name)
    (shape, storage) = try reader.shapeAndStorage()
  }
}

extension NumPyArray {
  /// Where the values of a file are.
  struct Layout {
    var shape: [Int]
    /// The offset of the first.
    var start: Int
    var isDouble: Bool
  }

  /// Where the values of a file are; its first bytes alone are read.
  ///
  /// - Throws: ``OptimKitError`` of kind `unreadableFile`.
  static func layout(of url: URL) throws -> Layout {
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      // Headers are shorter by far.
      let prefix = try handle.read(upToCount: 1 << 20) ?? Data()
      let byteCount = Int(try handle.seekToEnd())
      return try Reader(data: prefix, name: url.path).layout(ofBytes: byteCount)
    } catch let error as OptimKitError {
      throw error
    } catch {
      throw OptimKitError(
        .unreadableFile,
        cause: "the file \(url.path) cannot be read (\(error.localizedDescription))",
        remedy: "check the path and the permissions")
    }
  }
}

/// Reads the parts of a file, front to back.
private struct Reader {
  let data: Data
  let name: String

  func shapeAndStorage() throws -> ([Int], NumPyArray.Storage) {
    let layout = try layout(ofBytes: data.count)
    let count = layout.shape.reduce(1, *)
    return (layout.shape, values(count: count, from: layout.start, isDouble: layout.isDouble))
  }

  /// Where the values of a file of so many bytes are, of which these are the first.
  func layout(ofBytes byteCount: Int) throws -> NumPyArray.Layout {
    let (header, start) = try header()
    let isDouble = try isDoublePrecision(elementType: header.elementType)
    guard let count = NumPyArray.elementCount(of: header.shape) else {
      throw unreadable(
        "has the shape \(header.shape), which is negative or larger than memory can hold",
        remedy: "write the array again with numpy.save")
    }
    let sizes = header.shape.filter { $0 != 1 }.count
    guard !header.isColumnMajor || sizes < 2 || count == 0 else {
      throw unreadable(
        "holds an array of shape \(header.shape) in column-major (Fortran) order",
        remedy: "save it in row-major order, numpy.save(path, np.ascontiguousarray(array))")
    }
    let found = byteCount - start
    let (quotient, remainder) = found.quotientAndRemainder(dividingBy: isDouble ? 8 : 4)
    guard quotient == count, remainder == 0 else {
      throw unreadable(
        "has \(found) bytes of values, but its shape \(header.shape) of type "
          + "'\(header.elementType)' takes \(count) × \(isDouble ? 8 : 4)",
        remedy: quotient < count
          ? "the file is truncated: copy or write it again"
          : "store one array per file, with nothing after it")
    }
    return NumPyArray.Layout(shape: header.shape, start: start, isDouble: isDouble)
  }

  /// Returns the header and the offset of the values.
  private func header() throws -> (NumPyArray.Header, Int) {
    let prefix = [UInt8](data.prefix(12))
    guard prefix.starts(with: NumPyArray.magic) else {
      let found = prefix.prefix(6).map { String($0, radix: 16) }.joined(separator: " ")
      throw unreadable(
        found.isEmpty ? "is empty" : "is not in NumPy's format (it starts with \(found))",
        remedy: "write it with numpy.save(path, array); .npz archives and text are not supported")
    }
    guard prefix.count >= 10 else { throw truncatedHeader() }
    let lengthBytes: ArraySlice<UInt8>
    switch (prefix[6], prefix[7]) {
    case (1, 0): lengthBytes = prefix[8..<10]
    case (2, 0), (3, 0):
      guard prefix.count == 12 else { throw truncatedHeader() }
      lengthBytes = prefix[8..<12]
    default:
      throw unreadable(
        "has version \(prefix[6]).\(prefix[7]) of NumPy's format",
        remedy: "write it in version 1.0, 2.0 or 3.0, as numpy.save does")
    }
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let rest = data.dropFirst(lengthBytes.endIndex)
    guard length <= rest.count else {
      throw unreadable(
        "claims a header of \(length) bytes, but only \(rest.count) follow",
        remedy: "the file is truncated or damaged: copy or write it again")
    }
    do {
      let header = try NumPyArray.Header(parsing: [UInt8](rest.prefix(length)))
      return (header, lengthBytes.endIndex + length)
    } catch {
      throw unreadable(
        "has a damaged header: \(error.cause)", remedy: "write it again with numpy.save")
    }
  }

  /// Returns whether an element type is double precision, rather than single.
  private func isDoublePrecision(elementType: String) throws -> Bool {
    switch elementType {
    case "<f8", "=f8": return true
    case "<f4", "=f4": return false
    default: break
    }
    let remedy =
      switch elementType.drop(while: { "<>=|".contains($0) }).first {
      case _ where [">f8", ">f4"].contains(elementType):
        "convert it to little-endian, array.astype('<f\(elementType.suffix(1))')"
      case "c": "save array.real and array.imag in two files"
      case "[", "(": "save one field, array['name'].astype(np.float64)"
      default: "convert it, array.astype(np.float64)"
      }
    throw unreadable(
      "holds values of type '\(elementType)', neither '<f4' nor '<f8'", remedy: remedy)
  }

  private func values(count: Int, from start: Int, isDouble: Bool) -> NumPyArray.Storage {
    data.withUnsafeBytes { bytes in
      if isDouble {
        let values = [Double](unsafeUninitializedCapacity: count) { buffer, initializedCount in
          for index in 0..<count {
            let bits = bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self)
            buffer.initializeElement(at: index, to: Double(bitPattern: UInt64(littleEndian: bits)))
          }
          initializedCount = count
        }
        return .float64(values)
      } else {
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
          for index in 0..<count {
            let bits = bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
            buffer.initializeElement(at: index, to: Float(bitPattern: UInt32(littleEndian: bits)))
          }
          initializedCount = count
        }
        return .float32(values)
      }
    }
  }

  private func truncatedHeader() -> OptimKitError {
    unreadable(
      "ends within its header, after \(data.count) bytes",
      remedy: "the file is truncated: copy or write it again")
  }

  private func unreadable(_ finding: String, remedy: String) -> OptimKitError {
    OptimKitError(.unreadableFile, cause: "the file \(name) \(finding)", remedy: remedy)
  }
}
