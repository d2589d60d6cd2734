import OptimKit

/// How far to go along a direction.
extension GaussNewtonStepper {
  /// Moves θ to θ + αδ, with α as the step control says; α.
  func moveAlongDirection() throws -> Scalar {
    switch stepControl {
    case .full:
      let parameters = parameters
      let next = try withMemory(of: &direction) { point in
        Scalar.add(1, parameters.span, to: &point)
        return try objective.linearize(at: point.span)
      }
      guard next.value.isFinite else {
        throw OptimKitError(
          .nonFiniteValue, cause: "a full step leads to a loss of \(next.value)",
          remedy: "use backtracking or a positive damping, or start elsewhere")
      }
      accept(next, &direction)
      return 1
    case .backtracking(let decrease, let contraction, let trials):
      var search = try makeSearch(Scalar(decrease), Scalar(contraction))
      var length = Scalar(1)
      for number in 0..<trials {
        let next = try linearize(at: length)
        if search.accepts(next.value, at: length) {
          accept(next, &trial)
          return length
        }
        if number == 0, search.safeLength == nil {
          search.safeLength = try safeLength(along: outputChange())
        }
        length = search.next(after: length)
      }
      throw OptimKitError(
        .noConvergence,
        cause: "no step along the Gauss-Newton direction reduces the loss of \(loss)",
        remedy: "this is the accuracy that \(Scalar.typeName) allows here, or the model's "
          + "derivatives are wrong: loosen the tolerance, use damping, or check them")
    }
  }

  /// ∇F(θ)ᵀδ, and where that is (∂ℓ/∂f)ᵀJδ + λ θᵀδ, what the change Jδ of the outputs says about lengths.
  private func makeSearch(
    _ decrease: Scalar, _ contraction: Scalar
  ) throws -> ArmijoSearch<Scalar> {
    let direction = direction
    var search = ArmijoSearch<Scalar>(
      loss: loss, termCount: objective.wholeOutputCount, slope: 0, decrease: decrease,
      contraction: contraction, safeLength: nil)
    if let cachedGradient {
      search.slope = try objective.dot(cachedGradient.span, direction.span)
      return search
    }
    let change = try outputChange()
    let gradient = linearization.outputGradient
    search.slope = try objective.outputDot(gradient.span, change.span)
    if objective.ridge > 0 {
      let parameters = parameters
      search.slope += objective.ridge * (try objective.dot(parameters.span, direction.span))
      for index in objective.unregularizedParameters {
        search.slope -= objective.ridge * parameters[index] * direction[index]
      }
    }
    search.safeLength = try safeLength(along: change)
    return search
  }

  /// Jδ.
  private func outputChange() throws -> [Scalar] {
    var change = Scalar.zeros(linearization.outputs.count)
    var span = change.mutableSpan
    let direction = direction
    try objective.outputChange(along: direction.span, linearization, into: &span)
    return change
  }

  private func safeLength(along change: [Scalar]) throws -> Scalar? {
    try ArmijoSearch.safeLength(
      change.span, outputsPerSample: linearization.curvatureFactor.outputsPerBlock,
      of: objective)
  }

  /// Moves to `point`, where `next` was found; θ before it stays in its memory, to be written over.
  private func accept(_ next: Linearization<Scalar>, _ point: inout [Scalar]) {
    swap(&parameters, &point)
    linearization = next
    // The caller's array, or one that a checkpoint needs, would be copied before it is written to.
    if iteration == 0 || anchor != nil { point = [] }
  }

  /// trial ← θ + αδ, and the objective there.
  private func linearize(at length: Scalar) throws -> Linearization<Scalar> {
    let parameters = parameters
    let direction = direction
    return try withMemory(of: &trial) { trial in
      Scalar.add(length, direction.span, to: parameters.span, into: &trial)
      return try objective.linearize(at: trial.span)
    }
  }
}
