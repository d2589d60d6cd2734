import OptimKit

extension TwoLayerReLUJacobian: WorkStating {
  private var sampleCount: Double { Double(network.sampleCount) }
  private var outputs: Double { Double(network.outputsPerSample) }
  private var elements: Double { sampleCount * Double(network.parameterCount) }

  /// 2 n m d operations for each output, with W streamed once.
  public var productWork: Work {
    Work(
      matrixOperations: 2 * outputs * elements,
      streamedBytes: Double(network.parameterCount * MemoryLayout<Scalar>.size))
  }

  /// 4 n m d operations for each output.
  public var gramProductWork: Work { Work(matrixOperations: 4 * outputs * elements) }

  /// n² m / 2 pairs of bits for each pair of outputs; X Xᵀ is computed once and kept.
  public var gramWork: Work {
    let pairs = outputs * (outputs + 1) / 2
    let squares = sampleCount * sampleCount
    // Of a part, its share of the whole: shares add up, however many there are.
    let share = Double(network.width) / Double(network.wholeWidth)
    return Work(
      streamedBytes: share * pairs * squares * Double(MemoryLayout<Scalar>.size),
      bitOperations: pairs * squares * Double(network.width) / 2)
  }

  /// m d elements, one after the other.
  public var rowWork: Work { Work(scalarOperations: Double(columnCount)) }
}
