import OptimKit

/// The CountSketch of Clarkson and Woodruff (2013): each column of S has one nonzero, +1 or −1, in a row
/// drawn at random. It is the sparse sign sketch with ζ = 1.
///
/// Cost O(1) per element of A, the least of all sketches that see every element; storage 4 bytes per
/// column of S. With s = 4 k rows for k columns of A it preconditions like a Gaussian sketch where no few
/// rows of A stand out. Two rows that do are confused where they meet in a row of S: to keep apart whatever
/// A holds takes s of the order of k² (Nelson and Nguyen 2013). ``SparseSignSketcher`` needs no such care.
public struct CountSketcher: Sketcher {
  /// Creates a sketcher.
  public init() {}

  /// "count-sketch".
  public var name: String { "count-sketch" }

  /// Draws a matrix.
  ///
  /// - Complexity: O(columns).
  /// - Throws: `OptimKitError` where a size is not positive.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try SparseSignSketcher(nonzerosPerColumn: 1).makeSketch(rows: rows, columns: columns, key: key)
  }

  /// That of a sparse sign sketch with one nonzero a column.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    SparseSignSketcher(nonzerosPerColumn: 1).work(rows: rows, columns: columns, vectors: vectors)
  }
}

extension Sketcher where Self == CountSketcher {
  /// The CountSketch, one nonzero ±1 in each column.
  public static var countSketch: Self { Self() }
}
