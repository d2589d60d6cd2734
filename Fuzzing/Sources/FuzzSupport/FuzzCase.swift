import Foundation
import OptimKit

/// One case of a fuzzer of a reader.
public enum FuzzCase {
  /// Gives the bytes to a reader, which has to take them or refuse them with an `OptimKitError`; anything else ends the
  /// process, and libFuzzer writes the case down.
  ///
  /// - Returns: 0, which libFuzzer expects.
  public static func read(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, by reader: (Data) throws -> Void
  ) -> CInt {
    do {
      try reader(Data(bytes: bytes, count: count))
    } catch is OptimKitError {
    } catch {
      fatalError("an error that is not OptimKit's: \(error)")
    }
    return 0
  }
}
