import OptimKit

/// The kind of `OptimKitError` that `body` throws; nil where it throws none.
package func errorKind<Result>(_ body: () throws -> Result) -> OptimKitError.Kind? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? OptimKitError)?.kind
  }
}
