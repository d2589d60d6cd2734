import FuzzSupport
import OptimKit

/// Reads one case as a LIBSVM file.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzCase.read(bytes, count) {
    _ = try LIBSVMFile(parsing: $0, name: "case.libsvm")
  }
}
