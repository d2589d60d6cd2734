import OptimKit

// Whole vectors at a time, for steppers that hold several.
extension AlignedBuffer {
  /// A copy of `elements`.
  package convenience init(_ elements: [Scalar]) {
    self.init(count: elements.count)
    let memory = memory
    var span = memory.mutableSpan
    Scalar.copy(elements.span, into: &span)
  }

  /// The elements as an array.
  package var array: [Scalar] { Array(memory) }

  /// self ← x.
  func copy(_ x: AlignedBuffer) {
    let (memory, source) = (memory, x.memory)
    var span = memory.mutableSpan
    Scalar.copy(source.span, into: &span)
  }

  /// self ← self + αx.
  func add(_ alpha: Scalar, _ x: AlignedBuffer) {
    let (memory, source) = (memory, x.memory)
    var span = memory.mutableSpan
    Scalar.add(alpha, source.span, to: &span)
  }

  /// self ← self + αx.
  func add(_ alpha: Scalar, _ x: [Scalar]) {
    let memory = memory
    var span = memory.mutableSpan
    Scalar.add(alpha, x.span, to: &span)
  }

  /// self ← αx + β self.
  func combine(_ alpha: Scalar, _ x: AlignedBuffer, plus beta: Scalar) {
    let (memory, source) = (memory, x.memory)
    var span = memory.mutableSpan
    Scalar.combine(alpha, source.span, plus: beta, into: &span)
  }

  /// self ← α self.
  func scale(by alpha: Scalar) {
    let memory = memory
    var span = memory.mutableSpan
    Scalar.scale(&span, by: alpha)
  }

  /// selfᵀx.
  package func dot(_ x: AlignedBuffer) -> Scalar {
    let (memory, other) = (memory, x.memory)
    return Scalar.dot(memory.span, other.span)
  }

  /// selfᵀx.
  package func dot(_ x: [Scalar]) -> Scalar {
    let memory = memory
    return Scalar.dot(memory.span, x.span)
  }

  /// self − x.
  func difference(to x: AlignedBuffer) -> [Scalar] {
    let (memory, other) = (memory, x.memory)
    var result = Scalar.zeros(count)
    var span = result.mutableSpan
    Scalar.add(-1, other.span, to: memory.span, into: &span)
    return result
  }

  /// ‖self‖.
  package var norm: Scalar {
    let memory = memory
    return Scalar.norm(memory.span)
  }

  /// selfᵀx of vectors of parameters, of which ranks may hold parts.
  func dot(_ x: AlignedBuffer, in objective: CountedObjective<Scalar>) throws -> Scalar {
    let (memory, other) = (memory, x.memory)
    return try objective.dot(memory.span, other.span)
  }

  /// selfᵀx of vectors of parameters, of which ranks may hold parts.
  func dot(_ x: [Scalar], in objective: CountedObjective<Scalar>) throws -> Scalar {
    let memory = memory
    return try objective.dot(memory.span, x.span)
  }

  /// ‖self‖ of a vector of parameters, of which ranks may hold parts.
  func norm(in objective: CountedObjective<Scalar>) throws -> Scalar {
    let memory = memory
    return try objective.norm(memory.span)
  }

  /// ‖self − x‖ of vectors of parameters, of which ranks may hold parts.
  func distance(
    to x: AlignedBuffer, in objective: CountedObjective<Scalar>, scratch: AlignedBuffer
  ) throws -> Scalar {
    scratch.copy(self)
    scratch.add(-1, x)
    return try scratch.norm(in: objective)
  }
}
