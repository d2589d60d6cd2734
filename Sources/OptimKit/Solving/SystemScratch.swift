/// Memory for products, blocks of rows and sketches on their way, shared by the systems of one run: each takes
/// the place of the one before, and finds the buffers ready.
///
/// Empty until first used. Storage: up to two vectors of the row side and one of the column side; up to two
/// blocks of rows of 2²² scalars each where matrices are formed from rows, and as much of their products; for
/// sketches, s scalars for each column and what blocks take.
final class SystemScratch<Scalar: RealScalar> {
  /// What the Jacobians of these systems lack.
  var capabilities = CapabilityMemory()

  /// What rank 0 states of systems that are held in parts.
  var statedWork: StatedWork?

  /// u scaled by C, J z on its way to N z, and Jᵀu on its way to J Jᵀu.
  var scaledRows: AlignedBuffer<Scalar>?
  var productRows: AlignedBuffer<Scalar>?
  var productColumns: AlignedBuffer<Scalar>?

  /// Blocks of rows of T, and the product of two.
  var rowBlock: AlignedBuffer<Scalar>?
  var otherRowBlock: AlignedBuffer<Scalar>?
  var tile: AlignedBuffer<Scalar>?

  /// What groups of lanes need while they are sketched.
  let sketchBuffers = SketchBufferPool<Scalar>()
  private lazy var singleSketchBuffers = SketchBufferPool<Float>()

  /// The same in working precision or in `Float`.
  func sketchBuffers<Element: RealScalar>(of type: Element.Type) -> SketchBufferPool<Element> {
    if let buffers = sketchBuffers as? SketchBufferPool<Element> { return buffers }
    guard let buffers = singleSketchBuffers as? SketchBufferPool<Element> else {
      preconditionFailure("sketches are in working precision or in Float")
    }
    return buffers
  }
}
