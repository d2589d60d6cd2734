import Foundation

/// The format, version 1; all numbers are little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 8 | "OptimKit" |
/// | 4 | version |
/// | 8 | length of the whole, checksum included |
/// | 8 | length h of the header |
/// | h | `CheckpointHeader` as JSON |
/// | … | vectors, IEEE 754, of the scalar type in the header |
/// | 4 | CRC-32 of all bytes before |
extension Checkpoint {
  /// The version that is written; earlier ones are read too.
  public static let formatVersion = 1

  private static let magic = Array("OptimKit".utf8)
  private static let prefixLength = 28

  /// The checkpoint as bytes.
  ///
  /// - Complexity: O(p), and O(1) for each record of the history.
  public func serialized() throws -> Data {
    let header = try StoredValue.encoder.encode(
      CheckpointHeader(
        run: run, optimizerCode: optimizerCode, history: history, counts: counts, phases: phases,
        elapsedSeconds: elapsedSeconds, environment: environment, values: values, best: best,
        vectorLengths: vectors.lengths))
    let length = Self.prefixLength + header.count + vectors.byteCount + 4
    var data = Data(capacity: length)
    data.append(contentsOf: Self.magic)
    data.appendInteger(UInt32(Self.formatVersion))
    data.appendInteger(UInt64(length))
    data.appendInteger(UInt64(header.count))
    data.append(header)
    vectors.append(to: &data)
    data.appendInteger(CRC32.checksum(of: data))
    return data
  }

  /// Reads a checkpoint.
  ///
  /// - Parameters:
  ///   - data: What `serialized` made.
  ///   - name: What errors call the place that they come from.
  /// - Throws: ``OptimKitError`` of kind `unreadableFile` where the bytes are no checkpoint, were written by a newer
  ///   version, are too few, or damaged.
  public init(_ data: Data, name: String = "the checkpoint") throws {
    func refuse(_ finding: String, _ remedy: String = "use an earlier checkpoint") -> OptimKitError
    {
      OptimKitError(.unreadableFile, cause: "\(name) \(finding)", remedy: remedy)
    }
    // Indices from 0 on.
    let data = Data(data)
    let isForeign = !data.prefix(Self.magic.count).elementsEqual(
      Self.magic.prefix(data.count))
    guard !data.isEmpty, !isForeign else {
      throw refuse(
        data.isEmpty ? "is empty" : "is not a checkpoint of OptimKit",
        "give the path of a checkpoint")
    }
    guard data.count >= Self.prefixLength + 4 else { throw refuse("is truncated") }
    let version = data.integer(at: 8, as: UInt32.self)
    guard version <= Self.formatVersion else {
      throw refuse(
        "was written in version \(version) of the format, and this OptimKit reads versions up to "
          + "\(Self.formatVersion)", "update OptimKit, or use an earlier checkpoint")
    }
    let length = data.integer(at: 12, as: UInt64.self)
    guard UInt64(data.count) >= length else {
      throw refuse("is truncated: \(data.count) of \(length) bytes are there")
    }
    let end = data.count - 4
    guard UInt64(data.count) == length, version > 0,
      data.integer(at: end, as: UInt32.self) == CRC32.checksum(of: data.prefix(end))
    else { throw refuse("is damaged: its checksum is wrong") }
    let headerLength = data.integer(at: 20, as: UInt64.self)
    guard headerLength <= UInt64(end - Self.prefixLength) else { throw refuse("is damaged") }
    let start = Self.prefixLength + Int(headerLength)
    let header: CheckpointHeader
    do {
      header = try StoredValue.decoder.decode(
        CheckpointHeader.self, from: data[Self.prefixLength..<start])
    } catch {
      throw refuse("has a header that cannot be read (\(error))")
    }
    guard header.isPossible else { throw refuse("holds counts or times that no run can have") }
    guard !header.history.isEmpty,
      let vectors = CheckpointVectors(
        data[start..<end], scalar: header.run.scalar, lengths: header.vectorLengths)
    else { throw refuse("holds other vectors than its header says") }
    self.init(header: header, vectors: vectors)
  }
}

extension CheckpointVectors {
  var lengths: [Int] {
    switch self {
    case .single(let arrays): arrays.map(\.count)
    case .double(let arrays): arrays.map(\.count)
    }
  }

  var byteCount: Int {
    switch self {
    case .single: 4 * lengths.reduce(0, +)
    case .double: 8 * lengths.reduce(0, +)
    }
  }

  /// Bytes are written as they are in memory: every platform of Swift is little-endian.
  func append(to data: inout Data) {
    switch self {
    case .single(let arrays):
      for array in arrays { array.withUnsafeBytes { data.append(contentsOf: $0) } }
    case .double(let arrays):
      for array in arrays { array.withUnsafeBytes { data.append(contentsOf: $0) } }
    }
  }

  /// Nil where the bytes are not those of vectors of these lengths.
  init?(_ data: Data, scalar: String, lengths: [Int]) {
    switch scalar {
    case Float.typeName:
      guard let arrays = Self.arrays(data, lengths, of: Float.self) else { return nil }
      self = .single(arrays)
    case Double.typeName:
      guard let arrays = Self.arrays(data, lengths, of: Double.self) else { return nil }
      self = .double(arrays)
    default: return nil
    }
  }

  private static func arrays<Scalar: RealScalar>(
    _ data: Data, _ lengths: [Int], of type: Scalar.Type
  ) -> [[Scalar]]? {
    let stride = MemoryLayout<Scalar>.stride
    var rest = data.count / stride
    guard data.count % stride == 0 else { return nil }
    for length in lengths {
      guard length >= 0, length <= rest else { return nil }
      rest -= length
    }
    guard rest == 0 else { return nil }
    var position = data.startIndex
    return lengths.map { length in
      let slice = data[position..<position + length * stride]
      position += length * stride
      return [Scalar](unsafeUninitializedCapacity: length) { buffer, count in
        _ = slice.copyBytes(to: buffer)
        count = length
      }
    }
  }
}

extension Data {
  fileprivate mutating func appendInteger(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// The integer at an offset, which is within bounds.
  fileprivate func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
    withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
  }
}
