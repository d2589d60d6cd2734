/// What Jacobians can do beside products, and is asked for at run time.
struct JacobianCapabilities: OptionSet {
  let rawValue: UInt16

  static let gramComputing = Self(rawValue: 1 << 0)
  static let normalComputing = Self(rawValue: 1 << 1)
  static let gramColumns = Self(rawValue: 1 << 2)
  static let sparseRows = Self(rawValue: 1 << 3)
  static let khatriRaoRows = Self(rawValue: 1 << 4)
  static let sampledGram = Self(rawValue: 1 << 5)
  static let workStating = Self(rawValue: 1 << 6)
  static let singlePrecisionTransposing = Self(rawValue: 1 << 7)
  static let normalProducts = Self(rawValue: 1 << 8)
}
