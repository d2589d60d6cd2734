import FuzzSupport
import OptimKit

/// Reads one case as a CSV file.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzCase.read(bytes, count) {
    _ = try CSVTable(parsing: $0, name: "case.csv")
  }
}
