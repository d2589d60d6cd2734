import ExampleSupport
import OptimKitPlugins

extension Claim {
  /// C5: tangent kernel, activations and Jacobian barely change.
  static let kernelDrift = Claim(
    id: "C5", title: "tangent kernel, activations and Jacobian drift less in wider networks",
    statement: """
      From the start to the end of a training the tangent kernel G = J Jᵀ, the activations and J itself change by \
      amounts that fall with the width: weights that move by R flip a share O(R) of the activations, so ‖J − J₀‖ in the \
      Frobenius norm is O(√(nR)).
      """,
    source: "proof of the main theorem, Jacobian lemma"
  ) { context in
    let sweep = try WidthSweep.of(context)
    return Finding(
      ran: sweep.words,
      figures: [
        Figure(
          "exponent of ‖G_T − G₀‖ / ‖G₀‖ against m", sweep.exponent(\.gramDrift), .atMost(-0.4)),
        Figure(
          "exponent of the share of flipped activations against m", sweep.exponent(\.flippedShare),
          .within(-0.6 ... -0.4)),
        Figure(
          "exponent of ‖J_T − J₀‖ against m", sweep.exponent(\.jacobianDrift),
          .within(-0.33 ... -0.17)),
      ],
      plots: [
        Plot(
          title: "Change from start to end", horizontalName: "width m", isLogarithmic: true,
          isHorizontallyLogarithmic: true,
          series: [
            sweep.series("‖J_T − J₀‖", \.jacobianDrift),
            sweep.series("‖G_T − G₀‖ / ‖G₀‖", \.gramDrift),
            sweep.series("share of flipped activations", \.flippedShare),
          ])
      ])
  }

  /// C16: the kernel stays invertible.
  static let kernelConditioning = Claim(
    id: "C16", title: "the tangent kernel stays as well conditioned as at the start",
    statement: """
      At the end of a training the least eigenvalue of the tangent kernel G is still at least λ/2, half of that in the \
      limit of infinite width.
      """,
    source: "proof of the main theorem, within the ball that weights stay in"
  ) { context in
    let sweep = try WidthSweep.of(context)
    let wide = sweep.rows.filter { $0.width >= 1024 }
    let narrow = sweep.rows.filter { $0.width < 1024 }
    return Finding(
      ran: sweep.words,
      figures: [
        Figure(
          "least λ_min(G_T) / λ, m ≥ 1024", wide.map(\.eigenvalueShare).smallest, .atLeast(0.5))
      ],
      remarks: [
        "At m = 256, the narrowest, the least is \(narrow.map(\.eigenvalueShare).smallest.significant(3))."
      ],
      plots: [
        Plot(
          title: "λ_min(G_T) / λ", horizontalName: "width m", isHorizontallyLogarithmic: true,
          series: [sweep.series("median over seeds", \.eigenvalueShare)])
      ])
  }
}
