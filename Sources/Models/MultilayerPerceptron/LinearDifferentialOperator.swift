import OptimKit

/// A linear differential operator of second order with constant coefficients,
///
///     L u = α u + β·∇u + γ Δu.
public struct LinearDifferentialOperator: Hashable, Sendable, Codable {
  /// α.
  public var value: Double
  /// β; empty for none, else one number for each coordinate.
  public var gradient: [Double]
  /// γ.
  public var laplacian: Double

  /// Creates an operator; 0 by default.
  public init(value: Double = 0, gradient: [Double] = [], laplacian: Double = 0) {
    self.value = value
    self.gradient = gradient
    self.laplacian = laplacian
  }

  /// u itself, as in boundary conditions of the first kind.
  public static var identity: Self { Self(value: 1) }

  /// Δu.
  public static var laplacian: Self { Self(laplacian: 1) }

  /// −Δu.
  public static var negativeLaplacian: Self { Self(laplacian: -1) }

  /// ∂u/∂xᵢ in `dimension` coordinates.
  public static func derivative(_ index: Int, dimension: Int) -> Self {
    Self(gradient: (0..<dimension).map { $0 == index ? 1 : 0 })
  }

  /// Throws where a coefficient is not finite, or β is for another dimension.
  func validate(dimension: Int) throws {
    guard ([value, laplacian] + gradient).allSatisfy(\.isFinite) else {
      throw OptimKitError(
        .nonFiniteValue, cause: "a differential operator of coefficients \(self)",
        remedy: "pass finite numbers")
    }
    guard gradient.isEmpty || gradient.count == dimension else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "a gradient of \(gradient.count) coefficients in \(dimension) dimensions",
        remedy: "pass one for each coordinate, or none")
    }
  }

  /// What has to be propagated at `points` points of `dimension` coordinates.
  func channels(points: Int, dimension: Int) -> TaylorChannels {
    let needsSlopes = laplacian != 0 || gradient.contains { $0 != 0 }
    return TaylorChannels(
      points: points, slopes: needsSlopes ? dimension : 0, hasLaplacian: laplacian != 0)
  }

  /// The operator's coefficient of each channel.
  func coefficients(of channels: TaylorChannels) -> [Double] {
    let slopes = gradient.isEmpty ? [Double](repeating: 0, count: channels.slopes) : gradient
    return [value] + (channels.hasDerivatives ? slopes : [])
      + (channels.hasLaplacian ? [laplacian] : [])
  }
}
