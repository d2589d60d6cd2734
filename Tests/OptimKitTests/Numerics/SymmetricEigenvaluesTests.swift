import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite struct SymmetricEigenvaluesTests {
  @Test(arguments: scalarTypes, [1, 2, 30])
  func secondDifferenceMatrixHasItsKnownSpectrum(type: any RealScalar.Type, order: Int) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      var matrix = Matrix<Scalar>(rowCount: order, columnCount: order)
      for i in 0..<order {
        matrix[i, i] = 2
        if i > 0 {
          matrix[i, i - 1] = -1
          // Above the diagonal nothing is read.
          matrix[i - 1, i] = 7
        }
      }
      let expected = (1...order).map { 2 - 2 * cos(Double($0) * .pi / Double(order + 1)) }
      #expect(
        largestDifference(try matrix.symmetricEigenvalues(), expected) <= Scalar.roundingOfSums)
    }
    try check(type)
  }

  @Test func matricesWithoutASpectrumAreRefused() throws {
    #expect(
      errorKind { try Matrix<Double>(rowCount: 2, columnCount: 3).symmetricEigenvalues() }
        == .dimensionMismatch)
    var matrix = Matrix<Double>.identity(2)
    matrix[1, 0] = .infinity
    #expect(errorKind { try matrix.symmetricEigenvalues() } == .nonFiniteValue)
    let empty = Matrix<Double>(rowCount: 0, columnCount: 0)
    #expect(try empty.symmetricEigenvalues() == [])
  }
}
