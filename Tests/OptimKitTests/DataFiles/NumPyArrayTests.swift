import Foundation
import OptimKit
import Testing

@Suite struct NumPyArrayTests {
  // MARK: Files that NumPy wrote

  /// `numpy.lib.format.write_array`, NumPy 2.4.6, version 1.0, `float64`, shape (2, 3).
  private static let version1 = file(
    prefix: [1, 0, 0x76, 0],
    dictionary: "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", paddedTo: 128,
    values: "000000000000f03f00000000000004c0000000000000084"
      + "09a9999999999b93f9c7500883ce4377e0000000000000080")
  /// The same, version 2.0, `float32`, shape (3,).
  private static let version2 = file(
    prefix: [2, 0, 0x74, 0, 0, 0],
    dictionary: "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", paddedTo: 128,
    values: "0000c03f000000c0cdcccc3d")
  /// The same, version 3.0, `float64`, shape ().
  private static let version3 = file(
    prefix: [3, 0, 0x74, 0, 0, 0],
    dictionary: "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", paddedTo: 128,
    values: "182d4454fb210940")

  @Test func readsTheVersionsThatNumPyWrites() throws {
    let matrix = try NumPyArray(parsing: Self.version1, name: "matrix.npy")
    #expect(matrix.shape == [2, 3])
    #expect(matrix.storage == .float64([1, -2.5, 3, 0.1, 1e300, -0.0]))
    #expect(matrix.values(as: Double.self).last?.sign == .minus)
    let vector = try NumPyArray(parsing: Self.version2, name: "vector.npy")
    #expect(vector.shape == [3])
    #expect(vector.storage == .float32([1.5, -2, 0.1]))
    let scalar = try NumPyArray(parsing: Self.version3, name: "scalar.npy")
    #expect(scalar.shape == [])
    #expect(scalar.storage == .float64([.pi]))
  }

  @Test func writesTheBytesThatNumPyWrites() throws {
    let matrix = try NumPyArray(shape: [2, 3], values: [1, -2.5, 3, 0.1, 1e300, -0.0])
    #expect(matrix.serialized() == Self.version1)
    let vector = try NumPyArray(shape: [3], values: [1.5, -2, 0.1] as [Float])
    #expect(vector.serialized().dropFirst(10).suffix(12) == Self.version2.suffix(12))
    #expect(vector.serialized().count == Self.version2.count)
  }

  @Test func readsSlicesOfData() throws {
    let padded = Data([1, 2, 3]) + Self.version1 + Data([4])
    let array = try NumPyArray(parsing: padded.dropFirst(3).dropLast(), name: "slice")
    #expect(array.shape == [2, 3])
    #expect(array.values(as: Double.self)[3] == 0.1)
  }

  @Test(arguments: [
    "{'descr': '=f8', 'fortran_order': False, 'shape': (1, 3), }",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (3,)}",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 1)}",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 3, 1)}",
    "{\"shape\":(3L,),\"fortran_order\":False,\"descr\":\"<f8\"}",
    "  { 'shape' : ( 3 , ) , 'fortran_order' : False , 'descr' : '<f8' , }   \n",
  ])
  func readsOtherSpellings(dictionary: String) throws {
    let array = try NumPyArray(
      parsing: Self.file(dictionary: dictionary, valueCount: 3), name: "other.npy")
    #expect(array.storage == .float64([0, 1, 2]))
    #expect(array.shape.reduce(1, *) == 3)
  }

  // MARK: Round trips

  @Test(arguments: [
    [], [0], [1], [5], [2, 3], [3, 0], [4, 1, 2, 3], [Int](repeating: 1, count: 40),
  ])
  func roundTrip(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let double = try NumPyArray(shape: shape, values: (0..<count).map { Double($0) / 3 })
    let single = try NumPyArray(shape: shape, values: (0..<count).map { Float($0) / 3 })
    for array in [double, single] {
      let data = array.serialized()
      #expect(try NumPyArray(parsing: data, name: "copy") == array)
    }
  }

  @Test func specialValuesKeepTheirBits() throws {
    let values = [
      Double.nan, Double(nan: 5, signaling: false), .infinity, -.infinity, -0.0,
      .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    let data = try NumPyArray(shape: [7], values: values).serialized()
    let copy = try NumPyArray(parsing: data, name: "copy").values(as: Double.self)
    #expect(copy.map(\.bitPattern) == values.map(\.bitPattern))
  }

  /// Every length modulo 64 is padded, and a header beyond 65,535 bytes takes version 2.0.
  @Test func headersAreAligned() throws {
    for dimensionCount in Array(0..<70) + stride(from: 21_800, to: 21_870, by: 8) {
      let array = try NumPyArray(
        shape: [Int](repeating: 1, count: dimensionCount), values: [7.0])
      let data = array.serialized()
      #expect(data.count % 64 == 8)
      #expect(data[data.count - 9] == UInt8(ascii: "\n"))
      #expect(data[6] == (data.count - 18 > 65_535 ? 2 : 1))
      #expect(try NumPyArray(parsing: data, name: "aligned") == array)
    }
  }

  @Test func convertsValues() throws {
    let double = try NumPyArray(shape: [2], values: [0.1, 1e300])
    #expect(double.values(as: Float.self) == [0.1, .infinity])
    #expect(double.values(as: Double.self) == [0.1, 1e300])
    let single = try NumPyArray(shape: [1], values: [0.1 as Float])
    #expect(single.values(as: Double.self) == [Double(0.1 as Float)])
    #expect(single.values(as: Float.self) == [0.1])
  }

  @Test func shapeAndValuesMustAgree() {
    #expect(kind { try NumPyArray(shape: [2, 3], values: [1.0]) } == .dimensionMismatch)
    #expect(kind { try NumPyArray(shape: [], values: [Double]()) } == .dimensionMismatch)
    #expect(kind { try NumPyArray(shape: [-1], values: [1.0]) } == .invalidArgument)
    #expect(kind { try NumPyArray(shape: [-1, -1], values: [1.0]) } == .invalidArgument)
    #expect(
      kind { try NumPyArray(shape: [.max, .max, 0], values: [Double]()) } == .invalidArgument)
  }

  // MARK: Damaged and unsupported files

  @Test(arguments: [
    (">f8", "array.astype('<f8')"), (">f4", "array.astype('<f4')"),
    ("<i8", "array.astype(np.float64)"), ("|b1", "array.astype(np.float64)"),
    ("|O", "array.astype(np.float64)"), ("<f2", "array.astype(np.float64)"),
    ("<U2", "array.astype(np.float64)"), ("<c16", "array.real"),
  ])
  func refusesOtherElementTypes(elementType: String, remedy: String) throws {
    let dictionary = "{'descr': '\(elementType)', 'fortran_order': False, 'shape': (2,), }"
    let error = try #require(failure(of: Self.file(dictionary: dictionary, valueCount: 2)))
    #expect(error.kind == .unreadableFile)
    #expect(error.cause.contains("damaged.npy") && error.cause.contains("'\(elementType)'"))
    #expect(error.remedy.contains(remedy))
  }

  @Test func refusesStructuredTypes() throws {
    let dictionary =
      "{'descr': [('a', '<f8'), ('b]', '<i4', (2,))], 'fortran_order': False, 'shape': (1,), }"
    let error = try #require(failure(of: Self.file(dictionary: dictionary, valueCount: 2)))
    #expect(error.cause.contains("[('a', '<f8'), ('b]', '<i4', (2,))]"))
    #expect(error.remedy.contains("array['name']"))
  }

  @Test func refusesColumnMajorMatrices() throws {
    let dictionary = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }"
    let error = try #require(failure(of: Self.file(dictionary: dictionary, valueCount: 6)))
    #expect(error.cause.contains("[2, 3]"))
    #expect(error.remedy.contains("np.ascontiguousarray"))
  }

  @Test(arguments: [
    ("-2, -3", "[-2, -3]"), ("-6,", "[-6]"), ("4294967296, 4294967296", "4294967296"),
    ("1152921504606846976,", "1152921504606846976"), ("0, 9223372036854775807, 2", "[0, "),
    ("1099511627776,", "has 48 bytes"), ("18446744073709551622,", "'18446744073709551622'"),
    ("6", "not a tuple"), ("2.0, 3", "'2.0'"), ("2 3", "not a tuple"), ("2, 3 4", "without an end"),
    ("7,", "7"),
    ("'6',", "''"), ("(6,),", "''"),
  ])
  func refusesImpossibleShapes(shape: String, cause: String) throws {
    let dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(shape)), }"
    let error = try #require(failure(of: Self.file(dictionary: dictionary, valueCount: 6)))
    #expect(error.kind == .unreadableFile)
    #expect(error.cause.contains(cause), "\(error.cause)")
  }

  @Test(arguments: [
    ("['descr', '<f8']", "not a Python dictionary"), ("", "not a Python dictionary"),
    ("{}", "no key 'descr'"), ("{'descr': '<f8'}", "no key 'fortran_order'"),
    ("{'descr': '<f8', 'fortran_order': False}", "no key 'shape'"),
    ("{'descr': '<f8', 'fortran_order': 0, 'shape': (6,)}", "'0', not True or False"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': [6]}", "not a tuple"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (6,)", "no ',' or '}'"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (6,)} x", "goes on"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (6,), 'x': 1}", "key 'x'"),
    ("{'descr': '<f8', 'descr': '<f8', 'shape': (6,)}", "repeated key 'descr'"),
    ("{'descr' '<f8'}", "no ':'"), ("{descr: '<f8'}", "no string"),
    ("{'descr': '<f8", "without an end"), ("{'descr': [('a'", "without an end"),
    ("{'descr': None}", "no string"),
  ])
  func refusesDamagedHeaders(dictionary: String, cause: String) throws {
    let error = try #require(failure(of: Self.file(dictionary: dictionary, valueCount: 6)))
    #expect(error.kind == .unreadableFile)
    #expect(error.cause.contains("damaged.npy"))
    #expect(error.cause.contains(cause), "\(error.cause)")
  }

  @Test func refusesEveryTruncation() throws {
    for file in [Self.version1, Self.version2, Self.version3] {
      for length in 0..<file.count {
        let error = try #require(failure(of: file.prefix(length)), "\(length) bytes")
        #expect(error.kind == .unreadableFile)
      }
    }
    #expect(failure(of: Data())?.cause.contains("is empty") == true)
    #expect(failure(of: Self.version1.prefix(9))?.cause.contains("after 9 bytes") == true)
    let error = try #require(failure(of: Self.version1.dropLast()))
    #expect(error.cause.contains("has 47 bytes") && error.cause.contains("6 × 8"))
    #expect(error.remedy.contains("truncated"))
  }

  @Test func refusesExtraBytes() throws {
    for extra in [1, 8] {
      let error = try #require(failure(of: Self.version1 + Data(count: extra)))
      #expect(error.cause.contains("has \(48 + extra) bytes"))
      #expect(error.remedy.contains("nothing after it"))
    }
  }

  @Test func refusesOtherFormats() throws {
    let zip = Data("PK\u{3}\u{4}".utf8) + Data(count: 200)
    #expect(failure(of: zip)?.cause.contains("50 4b 3 4") == true)
    for version: [UInt8] in [[0, 0], [1, 1], [4, 0], [255, 255]] {
      var file = Self.version1
      file.replaceSubrange(6..<8, with: version)
      let error = try #require(failure(of: file))
      #expect(error.cause.contains("version \(version[0]).\(version[1])"))
    }
  }

  @Test func refusesAbsurdHeaderLengths() throws {
    var file = Self.version2
    file.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(failure(of: file)?.cause.contains("4294967295 bytes, but only 128 follow") == true)
    file = Self.version1
    file.replaceSubrange(8..<10, with: [0, 0])
    #expect(failure(of: file)?.cause.contains("not a Python dictionary") == true)
  }

  /// No byte string may trap, and what is accepted must agree with itself.
  @Test func mutatedFilesAreReadOrRefused() throws {
    var stream = RandomKey(seed: 1, purpose: "NumPyArrayTests").stream()
    let originals = [Self.version1, Self.version2, Self.version3]
    let fragments = ["(", ")", "[", "]", "{", "}", "'", ",", ":", "L", "9", "-", "True", "<f4"]
    var acceptedCount = 0
    for trial in 0..<6000 {
      var bytes = [UInt8](originals[trial % originals.count])
      for _ in 0...stream.uniformInteger(below: 3) where !bytes.isEmpty {
        // Half the trials damage the header; the others only change values, or nearly so.
        let isHeaderTrial = trial % 2 == 0
        let window = stream.uniformInteger(below: min(bytes.count, isHeaderTrial ? 80 : 12))
        let index = isHeaderTrial ? window : bytes.count - 1 - window
        switch stream.uniformInteger(below: isHeaderTrial ? 6 : 2) {
        case 0: bytes[index] ^= 1 << UInt8(stream.uniformInteger(below: 8))
        case 1: bytes[index] = UInt8(stream.uniformInteger(below: 256))
        case 2: bytes.removeSubrange(index..<min(bytes.count, index + 4))
        case 3: bytes.removeLast(bytes.count - index)
        case 4: bytes.insert(contentsOf: bytes[index...].prefix(8), at: index)
        default:
          let fragment = fragments[stream.uniformInteger(below: fragments.count)]
          let end = min(bytes.count, index + fragment.count)
          bytes.replaceSubrange(index..<end, with: fragment.utf8)
        }
      }
      do {
        let array = try NumPyArray(parsing: Data(bytes), name: "mutated.npy")
        acceptedCount += 1
        #expect(array.shape.reduce(1, *) == array.storage.count)
        let again = try NumPyArray(parsing: array.serialized(), name: "again.npy")
        #expect(again.serialized() == array.serialized())
        let valueBytes = array.storage.count * 4
        #expect(bytes.suffix(valueBytes).elementsEqual(again.serialized().suffix(valueBytes)))
      } catch let error as OptimKitError {
        #expect(error.kind == .unreadableFile && error.cause.contains("mutated.npy"))
      }
    }
    #expect((600..<5400).contains(acceptedCount), "the mutations are too mild or too harsh")
  }

  // MARK: Files on disk

  @Test func writesAndReplacesFiles() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "array.npy")
      for count in [3, 100_000] {
        let array = try NumPyArray(shape: [count], values: [Float](repeating: 1.5, count: count))
        try array.write(to: url)
        #expect(try NumPyArray(contentsOf: url) == array)
        #expect(try Data(contentsOf: url) == array.serialized())
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["array.npy"])
    }
  }

  /// A hard link to the old file keeps the old content, as the new file is another one.
  @Test func filesAreReplacedNotOverwritten() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "array.npy")
      let old = folder.appending(path: "old.npy")
      let array = try NumPyArray(shape: [1], values: [1.0])
      try array.write(to: url)
      try FileManager.default.linkItem(at: url, to: old)
      try NumPyArray(shape: [1], values: [2.0]).write(to: url)
      #expect(try NumPyArray(contentsOf: url).values(as: Double.self) == [2])
      #expect(try NumPyArray(contentsOf: old) == array)
    }
  }

  @Test func failedWritesLeaveTheFolderAsItWas() throws {
    try withTemporaryFolder { folder in
      let array = try NumPyArray(shape: [1], values: [1.0])
      let existing = folder.appending(path: "existing")
      try Data("old".utf8).write(to: existing)
      let occupied = folder.appending(path: "occupied.npy")
      try FileManager.default.createDirectory(
        at: occupied.appending(path: "content"), withIntermediateDirectories: true)
      for url in [
        folder.appending(path: "absent/array.npy"), existing.appending(path: "array.npy"), occupied,
      ] {
        let error = try #require(throws: OptimKitError.self) { try array.write(to: url) }
        #expect(error.kind == .unwritableFile)
        #expect(error.cause.contains(url.path))
      }
      let content = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(content.sorted() == ["existing", "occupied.npy"])
      #expect(try Data(contentsOf: existing) == Data("old".utf8))
    }
  }

  @Test func absentFilesAndFoldersAreUnreadable() throws {
    try withTemporaryFolder { folder in
      for url in [folder, folder.appending(path: "absent.npy")] {
        let error = try #require(throws: OptimKitError.self) { try NumPyArray(contentsOf: url) }
        #expect(error.kind == .unreadableFile)
        #expect(error.cause.contains(url.path))
      }
    }
  }

  // MARK: Helpers

  private func failure(of data: Data) -> OptimKitError? {
    #expect(throws: OptimKitError.self) { try NumPyArray(parsing: data, name: "damaged.npy") }
  }

  private func kind(_ body: () throws -> NumPyArray) -> OptimKitError.Kind? {
    #expect(throws: OptimKitError.self) { try body() }?.kind
  }

  /// Builds a file of version 1.0 whose values are the `Double` numbers 0, 1, 2 and so on.
  private static func file(dictionary: String, valueCount: Int) -> Data {
    let values = (0..<valueCount).map { String(Double($0).bitPattern.byteSwapped, radix: 16) }
    let digits = values.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    let length = UInt16(dictionary.utf8.count)
    return file(
      prefix: [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)], dictionary: dictionary,
      values: digits)
  }

  private static func file(
    prefix: [UInt8], dictionary: String, paddedTo length: Int? = nil, values: String
  ) -> Data {
    var data = Data([0x93] + Array("NUMPY".utf8) + prefix)
    data.append(contentsOf: dictionary.utf8)
    if let length {
      data.append(Data(repeating: UInt8(ascii: " "), count: length - 1 - data.count))
      data.append(UInt8(ascii: "\n"))
    }
    let digits = values.compactMap(\.hexDigitValue)
    for index in stride(from: 0, to: digits.count, by: 2) {
      data.append(UInt8(16 * digits[index] + digits[index + 1]))
    }
    return data
  }

  private func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
