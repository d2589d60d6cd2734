/// A distribution that samples whole elements of the left factors of Khatri-Rao rows, such as neurons.
///
/// For such a sample, a Jacobian with ``SampledGram`` gives (S A)ᵀ S A at once, and S A is never formed.
public protocol LeftFactorSampler: KhatriRaoSketcher {
  /// Draws the sample that a Gram matrix is made of: it may be far larger than one whose S A is formed.
  ///
  /// - Parameters:
  ///   - attempt: 0 at first; a larger sample is asked for by a larger number.
  ///   - rows: The number of rows that a sketch would have.
  ///   - leftCount: The length of the left factors.
  ///   - rightCount: The length of the right factors.
  ///   - key: The source of all randomness.
  /// - Throws: ``OptimKitError`` where an option of the sketcher is outside its domain.
  func sampleLeftElements(
    attempt: Int, rows: Int, leftCount: Int, rightCount: Int, key: RandomKey
  ) throws -> LeftFactorSample
}
