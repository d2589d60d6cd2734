import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite struct LIBSVMFileTests {
  func parse(_ text: String, featureCount: Int? = nil) throws -> LIBSVMFile {
    try LIBSVMFile(parsing: Data(text.utf8), name: "x.libsvm", featureCount: featureCount)
  }

  @Test func samplesAreRead() throws {
    let file = try parse("+1 1:0.5 3:-2e1 # first\n\n# none\n-1\t4:7\r\n0\n2.5 2:1")
    #expect(file.targets == [1, -1, 0, 2.5])
    #expect(
      Matrix(file.features).storage
        == [0.5, 0, -20, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 1, 0, 0])
    #expect(try parse("1 2:3", featureCount: 5).features.columnCount == 5)
    #expect(try parse("1\n", featureCount: 5).features.storedCount == 0)
  }

  @Test(arguments: [
    ("x 1:2", "line 1, column 1 is 'x', not a number"),
    ("1 1:2\n0 1:2 3", "line 2, column 7 is '3', not a pair"),
    ("1 0:2", "line 1, column 3 is '0:2', a pair whose index is not"),
    ("1 a:2", "line 1, column 3 is 'a:2', a pair whose index is not"),
    ("1 qid:3 1:2", "line 1, column 3 is 'qid:3', a pair whose index is not"),
    ("1 3:2 3:1", "line 1, column 7 is '3:1', a pair whose index does not ascend"),
    ("1 1:y", "line 1, column 5 is 'y', not a number"),
    ("1 1:", "line 1, column 5 is '', not a number"),
    ("1 7:1", "above the 6 features"), ("", "there are no samples"),
    ("# nothing", "there are no samples"),
  ])
  func damageIsNamedWithItsPlace(text: String, finding: String) {
    let error = #expect(throws: OptimKitError.self) { try parse(text, featureCount: 6) }
    #expect(error?.kind == .unreadableFile)
    #expect(error?.cause.contains(finding) == true, "\(error?.cause ?? "")")
    #expect(error?.cause.contains("x.libsvm") == true)
  }

  @Test func valuesThatAreNotFiniteAreRefused() {
    #expect(errorKind { try parse("1 1:nan") } == .nonFiniteValue)
    #expect(errorKind { try parse("inf 1:1") } == .nonFiniteValue)
    #expect(errorKind { try parse("1") } == .unreadableFile)
    #expect(
      errorKind { try LIBSVMFile(contentsOf: URL(filePath: "/nowhere/x")) } == .unreadableFile)
  }
}
