import Foundation

/// An array in memory as NumPy stores it in an `.npy` file: a shape and its values in row-major order.
///
/// Reads and writes single- and double-precision values without loss. The values are taken as they
/// are, NaN and infinities included.
///
///     let weights = try NumPyArray(contentsOf: URL(filePath: "weights.npy"))
///     let parameters = weights.values(as: Double.self)
///
/// Source of the format: NumPy Enhancement Proposal 1, and `numpy.lib.format`.
public struct NumPyArray: Hashable, Sendable {
  /// The values in row-major order, in their precision.
  public enum Storage: Hashable, Sendable {
    /// Single precision, NumPy's `float32`.
    case float32([Float])
    /// Double precision, NumPy's `float64`.
    case float64([Double])

    /// The number of values.
    ///
    /// - Complexity: O(1).
    public var count: Int {
      switch self {
      case .float32(let values): values.count
      case .float64(let values): values.count
      }
    }
  }

  /// The extent of each dimension; empty for a single value.
  ///
  /// The product of the extents is the number of values, and does not overflow.
  public let shape: [Int]
  /// The values in row-major order.
  public let storage: Storage

  /// Creates an array from its shape and its values.
  ///
  /// - Parameters:
  ///   - shape: The extent of each dimension; empty for a single value.
  ///   - storage: The values in row-major order.
  /// - Throws: ``OptimKitError`` of kind `invalidArgument` for a shape that is negative or too large,
  ///   `dimensionMismatch` where the shape does not have as many elements as there are values.
  public init(shape: [Int], storage: Storage) throws {
    guard let count = Self.elementCount(of: shape) else {
      throw OptimKitError(
        .invalidArgument,
        cause: "the shape \(shape) is negative or has more elements than memory can hold",
        remedy: "pass extents of at least zero whose product counts the values")
    }
    guard count == storage.count else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "the shape \(shape) has \(count) elements, but there are \(storage.count) values",
        remedy: "pass a shape whose product is \(storage.count)")
    }
    self.shape = shape
    self.storage = storage
  }

  /// Creates a double-precision array from its shape and its values in row-major order.
  ///
  /// - Throws: ``OptimKitError`` as ``init(shape:storage:)`` does.
  public init(shape: [Int], values: [Double]) throws {
    try self.init(shape: shape, storage: .float64(values))
  }

  /// Creates a single-precision array from its shape and its values in row-major order.
  ///
  /// - Throws: ``OptimKitError`` as ``init(shape:storage:)`` does.
  public init(shape: [Int], values: [Float]) throws {
    try self.init(shape: shape, storage: .float32(values))
  }

  /// Returns the values in row-major order as the given type, rounded where it is narrower.
  ///
  /// - Parameter type: The scalar type, inferred by default.
  /// - Complexity: O(1) if the type is the stored one, otherwise O(n) for n values.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func values<Scalar: BinaryFloatingPoint>(
    as type: Scalar.Type = Scalar.self
  ) -> [Scalar] {
    switch storage {
    case .float32(let values): values.ifElements(are: type) ?? values.map { Scalar($0) }
    case .float64(let values): values.ifElements(are: type) ?? values.map { Scalar($0) }
    }
  }

  /// Returns the number of elements of a shape, or `nil` for a negative extent or a product, zeros
  /// left out, that cannot be held in memory as double-precision values.
  static func elementCount(of shape: [Int]) -> Int? {
    var byteCount = MemoryLayout<Double>.stride
    for extent in shape where extent != 0 {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow else { return nil }
      byteCount = product
    }
    return shape.contains(0) ? 0 : byteCount / MemoryLayout<Double>.stride
  }
}
