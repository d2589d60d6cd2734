import ExampleSupport
import Foundation
import OptimKit
import Testing

@Suite("Output of examples")
struct OutputTests {
  @Test("JSON is read back by Foundation, and writes null for NaN and infinity")
  func json() throws {
    let value: JSONValue = [
      "a": .number(.nan), "b": .number(-.infinity), "c": .number(1e-300), "d": .integer(.max),
      "e": .array([.boolean(true), .null, "x\"\n"]), "f": [:], "g": .optional(nil as Double?),
    ]
    let text = value.text
    #expect(
      text.hasPrefix(#"{"a":null,"b":null,"c":1e-300,"d":9223372036854775807,"e":[true,null,"#))
    #expect(!text.contains("\n"))
    #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
  }

  @Test("Tables are aligned, and rows may be short")
  func table() {
    var table = TextTable(["name", "n", "x"])
    table.append(["first", "10", "0.5"])
    table.append(["b"])
    #expect(
      table.text == """
        name    n    x
        -----  --  ---
        first  10  0.5
        b
        """)
  }

  @Test("Work beyond all memory is refused")
  func memory() throws {
    try MemoryBudget.require(bytes: 1000, for: "little", remedy: "none")
    #expect(throws: OptimKitError.self) {
      try MemoryBudget.require(bytes: 1e18, for: "much", remedy: "take less")
    }
  }

  @Test("A file to be written is checked beforehand, and left as it is")
  func outputFile() throws {
    let folder = try TemporaryFolder()
    let old = try folder.write("old", "old.npy")
    #expect(try OutputFile(path: old).url.lastPathComponent == "old.npy")
    #expect(try String(contentsOfFile: old, encoding: .utf8) == "old")
    _ = try OutputFile(path: folder.path("new.npy"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["old.npy"])

    let readOnly = try folder.write("kept", "kept.npy")
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: readOnly)
    for path in [folder.url.path, folder.path("none/W.npy"), "/dev/null", readOnly, old + "/W.npy"]
    {
      #expect(throws: OptimKitError.self, "\(path) was accepted") { try OutputFile(path: path) }
    }
  }

  @Test("Errors print as one line")
  func oneLine() {
    let error = OptimKitError(.unreadableFile, cause: "a\nb", remedy: "c\td")
    #expect(ExampleProgram.oneLine(error) == "a b; c d")
  }
}
