import Foundation
import OptimKit
import Testing

@Suite struct CSVTableTests {
  // MARK: What is accepted

  @Test(arguments: [
    "1,2.5,-3\n4,5e2,+.5\n", "1,2.5,-3\n4,5e2,+.5", "1,2.5,-3\r\n4,5e2,+.5\r\n",
    " 1 ,\t2.5, -3\n4,5E+2,0.5 \n\n", "\u{FEFF}1,2.5,-3\r\n4,500.,5e-1\r\n\r\n",
  ])
  func readsRows(text: String) throws {
    let table = try parse(text)
    #expect(table.header == nil)
    #expect(table.rowCount == 2)
    #expect(table.columnCount == 3)
    #expect(table.values == [1, 2.5, -3, 4, 500, 0.5])
  }

  @Test func readsHeaders() throws {
    #expect(try parse("a,b\n1,2\n").header == ["a", "b"])
    #expect(try parse("a, b c \r\n1,2\r\n").header == ["a", "b c"])
    #expect(try parse("\"a\",\"b, \"\"c\"\"\"\r\n1,2").header == ["a", "b, \"c\""])
    #expect(try parse("\"1\",\"2\"\n1,2\n").header == ["1", "2"])
    #expect(try parse("569,30,größe\n1,2,3\n").header == ["569", "30", "größe"])
    #expect(try parse(",a\n1,2\n").header == ["", "a"])
    let table = try parse("a,b\n1,2\n")
    #expect(table.rowCount == 1 && table.columnCount == 2 && table.values == [1, 2])
  }

  @Test func readsSingleColumns() throws {
    let table = try parse("x\n1\n2\n3")
    #expect(table.rowCount == 3 && table.columnCount == 1 && table.values == [1, 2, 3])
  }

  /// The reader's own conversion must round as the standard library's does.
  @Test func numbersAreRoundedCorrectly() throws {
    var stream = RandomKey(seed: 1, purpose: "CSVTableTests").stream()
    var texts = [
      "0", "-0", "9007199254740993", "9007199254740992", "0.1", "123456789012345678",
      "1234567890123456789012", "0.30000000000000004", "1e22", "1e23", "4.9e-324", "1e-400",
      "1.7976931348623157e308", "18446744073709551616", "18446744073709551617.5",
      "0.000000000000000000000000000001", "00000000000000000000000000001.5", "8.5e0",
    ]
    for _ in 0..<4000 {
      let value = Double(bitPattern: stream.next())
      if value.isFinite { texts.append("\(value)") }
      let digits = stream.next() >> UInt64(stream.uniformInteger(below: 60))
      let fraction = stream.next() >> UInt64(stream.uniformInteger(below: 64))
      texts.append("\(digits).\(fraction)")
    }
    let table = try parse(texts.joined(separator: "\n"))
    let expected = texts.map { Double($0) ?? .nan }
    #expect(table.values.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  // MARK: What is refused

  @Test(arguments: [
    ("1,2\n3\n", "line 2 has 1 fields, but the first line has 2"),
    ("1,2\n3,4,5\n", "line 2 has 3 fields, but the first line has 2"),
    ("a,b,c\n1,2\n", "line 2 has 2 fields, but the first line has 3"),
    ("a,b\n1,2\r\n3,x\n", "line 3, column 2 is 'x', not a number"),
    ("1,2\n3,4 5\n", "line 2, column 2 is '4 5', not a number"),
    ("1,2\n3,0x10\n", "line 2, column 2 is '0x10', not a number"),
    ("1,2\n3,1.2.3\n", "line 2, column 2 is '1.2.3', not a number"),
    ("1,2\n.,4\n", "line 2, column 1 is '.', not a number"),
    ("1,2\n-,4\n", "line 2, column 1 is '-', not a number"),
    ("1,2\n3,1e\n", "line 2, column 2 is '1e', not a number"),
    ("1,2\n3,e5\n", "line 2, column 2 is 'e5', not a number"),
    ("1,2\n\"3\",4\n", "line 2, column 1 is '\"3\"', not a number"),
    ("1;2\n3;4\n5;6\n", "line 2, column 1 is '3;4', not a number"),
    ("1,2\n3,\n", "line 2, column 2 is empty"),
    ("1,2\n3,4,\n", "line 2, column 3 is empty"),
    ("1,,2\n", "line 1, column 2 is empty"),
    ("1, ,2\n", "line 1, column 2 is empty"),
    ("1,2\n\n3,4\n", "line 2, column 1 is empty"),
    ("\n1,2\n", "line 1, column 1 is empty"),
    ("1\r2\r3\n", "no rows"),
    ("a,\"b\n1,2\n", "line 1, column 2 has a quoted name that does not end"),
    ("a,\"b\"c\n1,2\n", "line 1, column 2 has a quoted name that does not end"),
    ("", "no rows"), ("\n\n", "no rows"), ("a,b\n", "no rows"), ("\u{FEFF}", "no rows"),
  ])
  func refusesDamage(text: String, cause: String) throws {
    let error = try #require(throws: OptimKitError.self) { try parse(text) }
    #expect(error.kind == .unreadableFile)
    #expect(error.cause.contains("table.csv"))
    #expect(error.cause.contains(cause), "\(error.cause)")
    #expect(!error.remedy.isEmpty)
  }

  @Test(arguments: ["nan", "NaN", "-nan", "inf", "-Infinity", "1e999", "-1e400"])
  func refusesNonFiniteValues(field: String) throws {
    for (text, place) in [
      ("1,2\n3,\(field)\n", "line 2, column 2"), ("1,\(field)\n3,4\n", "line 1, column 2"),
      ("a,b\n\(field),1", "line 2, column 1"),
    ] {
      let error = try #require(throws: OptimKitError.self) { try parse(text) }
      #expect(error.kind == .nonFiniteValue)
      #expect(error.cause.contains(place) && error.cause.contains("'\(field)'"), "\(error.cause)")
    }
  }

  /// No byte string may trap, and what is accepted must agree with itself.
  @Test func mutatedFilesAreReadOrRefused() throws {
    var stream = RandomKey(seed: 2, purpose: "CSVTableTests").stream()
    let text = "\"a\",b, c\r\n1,-2.5e3,0.001\r\n4,+5,6.\n123456789012345678901,8,9\n\n"
    let original = Array(text.utf8)
    let alphabet = Array("0123456789.-+eE,,\r\n\n\"\" \tnaif\u{0}é".utf8)
    var acceptedCount = 0
    for _ in 0..<6000 {
      var bytes = original
      for _ in 0...stream.uniformInteger(below: 3) where !bytes.isEmpty {
        let index = stream.uniformInteger(below: bytes.count)
        switch stream.uniformInteger(below: 4) {
        case 0: bytes[index] = alphabet[stream.uniformInteger(below: alphabet.count)]
        case 1: bytes.insert(alphabet[stream.uniformInteger(below: alphabet.count)], at: index)
        case 2: bytes.remove(at: index)
        default: bytes.removeSubrange(index..<min(bytes.count, index + 9))
        }
      }
      do {
        let table = try CSVTable(parsing: Data(bytes), name: "table.csv")
        acceptedCount += 1
        #expect(table.rowCount > 0 && table.columnCount > 0)
        #expect(table.values.count == table.rowCount * table.columnCount)
        #expect(table.header.map { $0.count == table.columnCount } ?? true)
        #expect(table.values.allSatisfy { $0.isFinite })
      } catch let error as OptimKitError {
        #expect(error.cause.contains("table.csv"))
      }
    }
    #expect((600..<5400).contains(acceptedCount), "the mutations are too mild or too harsh")
  }

  // MARK: Files on disk

  @Test func readsFiles() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let missing = try #require(throws: OptimKitError.self) { try CSVTable(contentsOf: url) }
    #expect(missing.kind == .unreadableFile && missing.cause.contains(url.path))
    try Data("x,y\n1,2\n".utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(try CSVTable(contentsOf: url).values == [1, 2])
    try Data("x,y\n1\n".utf8).write(to: url)
    let damaged = try #require(throws: OptimKitError.self) { try CSVTable(contentsOf: url) }
    #expect(damaged.cause.contains(url.path))
  }

  @Test func largeTablesAreReadQuickly() throws {
    let row = (0..<65).map { "\($0)" }.joined(separator: ",") + "\n"
    let data = Data(String(repeating: row, count: 2000).utf8)
    let elapsed = try ContinuousClock().measure {
      let table = try CSVTable(parsing: data, name: "table.csv")
      #expect(table.rowCount == 2000 && table.columnCount == 65)
    }
    // About 2 ms in a release build; the bound also holds in a debug build on a busy machine.
    #expect(elapsed < .seconds(5))
  }

  private func parse(_ text: String) throws -> CSVTable {
    try CSVTable(parsing: Data(text.utf8), name: "table.csv")
  }
}
