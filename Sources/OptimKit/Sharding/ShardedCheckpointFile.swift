import Foundation

/// Where a run on several ranks is saved: a file for each part, and a manifest that names them.
///
/// `run.checkpoint` is the manifest; `run.checkpoint.5f3a.12.0` is the part of rank 0 after 12 iterations. Parts are on
/// the disk before the manifest takes the place of the one before, in one step: whenever ranks or machines stop, the
/// manifest names a whole checkpoint. Where ranks hold samples in parts, parameters are the same on all of them, and rank
/// 0 alone writes.
///
/// Another number of ranks can go on: each reads what it needs of the parts. All ranks have to see the same folder.
public struct ShardedCheckpointFile: CheckpointSink {
  /// The manifest.
  public let url: URL
  private let sharding: Sharding
  /// Tells the files of this run from those of one before.
  private let token: String

  private struct Manifest: Codable, Sendable {
    struct Part: Codable, Sendable {
      var file: String
      /// The parameters that it holds.
      var lower: Int
      var upper: Int
      var checksum: UInt32
    }

    var format = 1
    var iteration: Int
    var side: Sharding.Side
    /// The number of parameters or outputs over all ranks.
    var elementCount: Int
    var rankCount: Int
    var parts: [Part]
  }

  /// Names a manifest; nothing is read or written yet. All ranks make it together.
  ///
  /// - Throws: What a sum over ranks throws.
  public init(_ url: URL, _ sharding: Sharding) throws {
    self.url = url
    self.sharding = sharding
    token = try sharding.reduction.broadcast(String(UInt32.random(in: 0...UInt32.max), radix: 16))
  }

  private var reduction: any Reduction { sharding.reduction }

  private var folder: URL { url.deletingLastPathComponent() }

  private var name: String { url.lastPathComponent }

  private var isWriting: Bool { sharding.side == .parameters || reduction.rank == 0 }

  /// Writes the part of each rank, then the manifest. All ranks call it together.
  ///
  /// - Throws: `OptimKitError` of kind `unwritableFile` on all ranks, where one cannot write; the checkpoint so far is kept.
  public func save(_ checkpoint: Checkpoint) throws {
    func fileName(_ rank: Int) -> String { "\(name).\(token).\(checkpoint.iteration).\(rank)" }
    let checksum: UInt32 = try reduction.together {
      guard isWriting else { return 0 }
      let data = try checkpoint.serialized()
      let part = folder.appending(path: fileName(reduction.rank))
      try AtomicFile(writing: data, toReplace: part).commit()
      return Self.checksum(of: data)
    }
    let checksums = try reduction.gather(Double(checksum))
    let elements = sharding.elements
    let lower = try reduction.gather(Double(elements.lowerBound))
    let upper = try reduction.gather(Double(elements.upperBound))
    try reduction.together {
      guard reduction.rank == 0 else { return }
      let isWhole = sharding.side == .samples
      let parts = (0..<(isWhole ? 1 : reduction.rankCount)).map { rank in
        Manifest.Part(
          file: fileName(rank), lower: isWhole ? 0 : Int(lower[rank]),
          upper: isWhole ? 0 : Int(upper[rank]), checksum: UInt32(checksums[rank]))
      }
      let manifest = Manifest(
        iteration: checkpoint.iteration, side: sharding.side, elementCount: sharding.elementCount,
        rankCount: reduction.rankCount, parts: parts)
      try AtomicFile(
        writing: StoredValue.encoder.encode(manifest), toReplace: url
      ).commit()
      removeOthers(than: parts.map(\.file))
    }
  }

  /// Reads what this rank needs of the checkpoint. All ranks call it together.
  ///
  /// - Returns: Nil on all ranks where there is none.
  /// - Throws: `OptimKitError` of kind `unreadableFile` on all ranks, where one of them finds a part absent or damaged.
  public func load() throws -> Checkpoint? {
    let text: String = try reduction.broadcast(
      reduction.rank == 0 ? (try? String(contentsOf: url, encoding: .utf8)) ?? "" : "")
    let exists =
      try reduction.gather(
        reduction.rank == 0 && FileManager.default.fileExists(atPath: url.path) ? 1 : 0)[0] > 0
    guard exists else { return nil }
    return try reduction.together {
      guard let manifest = try? StoredValue.decoder.decode(Manifest.self, from: Data(text.utf8)),
        manifest.format == 1
      else {
        throw OptimKitError(
          .unreadableFile, cause: "\(url.path) is not a checkpoint of a run on several ranks",
          remedy: "give the path of one, or run on one rank")
      }
      guard manifest.side == sharding.side, manifest.elementCount == sharding.elementCount else {
        throw OptimKitError(
          .dimensionMismatch,
          cause:
            "\(url.path) is of \(manifest.elementCount) \(manifest.side.rawValue) held in parts, the run "
            + "of \(sharding.elementCount) \(sharding.side.rawValue)",
          remedy: "resume with the model and the data of the run")
      }
      if manifest.side == .samples { return try read(manifest.parts[0]) }
      let range = sharding.elements
      let parts = manifest.parts.filter {
        $0.lower < range.upperBound && range.lowerBound < $0.upper
      }
      return try Checkpoint(
        parts.map(read), of: parts.map { $0.lower..<$0.upper }, cutTo: range)
    }
  }

  /// That of all but the checksum at the end: with it, all checkpoints have the same one.
  private static func checksum(of data: Data) -> UInt32 { CRC32.checksum(of: data.dropLast(4)) }

  private func read(_ part: Manifest.Part) throws -> Checkpoint {
    let place = folder.appending(path: part.file)
    guard let data = try? Data(contentsOf: place) else {
      throw OptimKitError(
        .unreadableFile,
        cause: "\(place.path), a part of the checkpoint \(url.path), cannot be read",
        remedy: "put all parts beside the manifest, in a folder that all ranks see")
    }
    guard Self.checksum(of: data) == part.checksum else {
      throw OptimKitError(
        .unreadableFile, cause: "\(place.path) is not the part that \(url.path) names",
        remedy: "restore both from one copy")
    }
    return try Checkpoint(data, name: place.path)
  }

  /// Removes parts of checkpoints that nothing names any more, those of runs that were killed among them.
  private func removeOthers(than kept: [String]) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for other in names where other.hasPrefix("\(name).") && !kept.contains(other) {
      let fields = other.dropFirst(name.count + 1).split(separator: ".")
      let isPart =
        fields.count >= 3 && UInt32(fields[0], radix: 16) != nil && Int(fields[1]) != nil
        && Int(fields[2]) != nil
      if isPart { try? FileManager.default.removeItem(at: folder.appending(path: other)) }
    }
  }
}
