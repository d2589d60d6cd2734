import FuzzSupport
import OptimKit

/// Reads one case as a .npy file, and what was read as one that was written.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  FuzzCase.read(bytes, count) {
    let array = try NumPyArray(parsing: $0, name: "case.npy")
    // What was read can be written, and is read the same.
    let copy = try NumPyArray(parsing: array.serialized(), name: "copy.npy")
    precondition(copy.shape == array.shape)
  }
}
