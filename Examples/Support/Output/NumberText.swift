import Foundation

extension Double {
  /// The number with `digits` significant digits, such as "3.14e-05".
  package func significant(_ digits: Int = 4) -> String { String(format: "%.\(digits)g", self) }

  /// The number with `digits` decimals.
  package func decimals(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
