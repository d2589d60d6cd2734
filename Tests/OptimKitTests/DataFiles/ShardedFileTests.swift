import Foundation
import OptimKit
import OptimKitTesting
import Testing

/// Files that ranks read by parts: together the parts are what one reader finds.
@Suite struct ShardedFileTests {
  private func withFile(_ name: String, _ data: Data, _ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "optimkit-\(UUID().uuidString)-\(name)")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url)
  }

  @Test(arguments: [1, 2, 3, 5, 20])
  func rowsOfNumPyArrays(ranks: Int) throws {
    let values = (0..<39).map { Double($0) / 7 }
    let array = try NumPyArray(shape: [13, 3], values: values)
    try withFile("x.npy", array.serialized()) { url in
      let parts = try RankGroup.run(ranks: ranks) { try ShardedFile.numPy(url, $0) }
      #expect(parts.flatMap { $0.array.values(as: Double.self) } == values)
      #expect(parts.allSatisfy { $0.part.wholeCount == 13 && $0.array.shape[1] == 3 })
      #expect(parts.flatMap { Array($0.part.range) } == Array(0..<13))
    }
    let single = try NumPyArray(shape: [13], values: (0..<13).map { Float($0) })
    try withFile("y.npy", single.serialized()) { url in
      let rows = try NumPyArray.rows(of: url) { _ in 4..<9 }
      #expect(rows.wholeCount == 13 && rows.array.shape == [5])
      #expect(rows.array.values(as: Float.self) == [4, 5, 6, 7, 8])
    }
  }

  @Test(arguments: ["", "a,\"b\"\n"], ["\n", "\r\n"])
  func linesOfTables(header: String, end: String) throws {
    let rows = (0..<17).map { [Double($0), Double($0 * $0 * $0) / 8] }
    let lines = rows.map { "\($0[0]),\($0[1])" }.joined(separator: end)
    for text in [header + lines, header + lines + end] {
      try withFile("x.csv", Data(text.utf8)) { url in
        for ranks in [1, 2, 3, 4, 7, 40] {
          let parts = try RankGroup.run(ranks: ranks) { try ShardedFile.csv(url, $0) }
          #expect(parts.flatMap { $0.table?.values ?? [] } == rows.flatMap { $0 })
          #expect(parts.flatMap { Array($0.part.range) } == Array(0..<17))
        }
      }
    }
  }

  @Test func linesOfLIBSVMFiles() throws {
    let text = (0..<15).map { "\($0 % 2) \($0 % 3 + 1):\($0).5 \($0 + 5):1\n" }.joined()
    try withFile("x.libsvm", Data(text.utf8)) { url in
      let whole = try LIBSVMFile(contentsOf: url)
      for ranks in [1, 2, 3, 6, 40] {
        let parts = try RankGroup.run(ranks: ranks) { try ShardedFile.libSVM(url, $0) }
        #expect(parts.flatMap { $0.file?.targets ?? [] } == whole.targets)
        #expect(parts.flatMap { $0.file?.features.values ?? [] } == whole.features.values)
        #expect(
          parts.flatMap { $0.file?.features.columnIndices ?? [] } == whole.features.columnIndices)
        #expect(parts.allSatisfy { $0.featureCount == whole.features.columnCount })
        #expect(parts.flatMap { Array($0.part.range) } == Array(0..<15))
      }
    }
  }

  /// A file that one rank cannot make sense of is an error of all.
  @Test func damageIsTold() throws {
    try withFile("x.csv", Data("1,2\n3,4\n5,x\n".utf8)) { url in
      for result in RankGroup.results(ranks: 3, { try ShardedFile.csv(url, $0) }) {
        guard case .failure(let error) = result else {
          Issue.record("a rank reads what is not a number")
          continue
        }
        #expect("\(error)".contains("'x'") || "\(error)".contains("x"))
      }
    }
    for result in RankGroup.results(
      ranks: 2, { try ShardedFile.numPy(URL(filePath: "/nowhere/x.npy"), $0) })
    {
      #expect(throws: OptimKitError.self) { try result.get() }
    }
  }

  /// Ranks write their rows one after the other into one array.
  @Test func rowsAreWrittenInOrder() throws {
    try withFile("w.npy", Data()) { url in
      _ = try RankGroup.run(ranks: 3) { reduction in
        let rows = Sharding.evenRange(of: 8, reduction)
        try NumPyArray.writeRows(
          .float64(rows.flatMap { [Double($0), -Double($0)] }), shape: [8, 2], to: url,
          reduction: reduction)
      }
      let array = try NumPyArray(contentsOf: url)
      #expect(array.shape == [8, 2])
      #expect(array.values(as: Double.self) == (0..<8).flatMap { [Double($0), -Double($0)] })
    }
  }
}
