import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct CapabilityMemoryTests {
  /// Systems of one run may have Jacobians of several types, one after the other.
  @Test func systemsOfOneRunFindWhatEachJacobianCanDo() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 4, columns: 3, conditionNumber: 2)
    let wide = matrix.transposed()
    let objective = CountedObjective<Double>(Parabola())
    func system(_ jacobian: any JacobianProvider<Double>) -> DampedSystem<Double> {
      objective.system(
        at: Linearization(
          value: 0, outputs: [], jacobian: jacobian, outputGradient: [],
          curvatureFactor: .identity))
    }
    for _ in 0..<2 {
      #expect(system(ProductsOnlyJacobian(DenseJacobian(matrix))).normalMatrixWork == nil)
      #expect(system(DenseJacobian(matrix)).normalMatrixAccess == "Gram matrix of streamed rows")
      #expect(!system(DenseJacobian(wide)).hasStructuredGram)
      #expect(system(GramJacobian(wide)).hasStructuredGram)
      #expect(system(GramJacobian(wide)).withDamping(1).hasStructuredGram)
      #expect(system(DenseJacobian(wide)).rowsWork != nil)
    }
  }
}
