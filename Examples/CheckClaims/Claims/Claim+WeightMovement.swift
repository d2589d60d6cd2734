import ExampleSupport
import OptimKitPlugins

extension Claim {
  /// C4: why the kernel stays the same.
  static let weightMovement = Claim(
    id: "C4", title: "weights move by O(1/√m)",
    statement: """
      Over a whole training no neuron moves further than 4 √(n/m) ‖f₀ − y‖ / λ, which is O(n/(λ√m)): the wider the \
      network, the less each neuron moves.
      """,
    source:
      "proof of the main theorem: each step moves a neuron by at most √(n/m) ‖g_t‖, and errors halve"
  ) { context in
    let sweep = try WidthSweep.of(context)
    let shares = sweep.rows.map { $0.movement / $0.movementLimit }
    let scaled = sweep.rows.map { $0.movement * Double($0.width).squareRoot() }
    return Finding(
      ran: sweep.words,
      figures: [
        Figure(
          "exponent of the largest movement of a neuron against m", sweep.exponent(\.movement),
          .within(-0.6 ... -0.4)),
        Figure("largest movement as a share of the proof's bound", shares.largest, .atMost(1)),
      ],
      remarks: [
        "Movement times √m is \(scaled.smallest.significant(3)) to \(scaled.largest.significant(3))."
      ],
      plots: [
        Plot(
          title: "Largest movement of a neuron", horizontalName: "width m", isLogarithmic: true,
          isHorizontallyLogarithmic: true,
          series: [
            sweep.series("measured", \.movement),
            sweep.series("bound of the proof", \.movementLimit),
          ])
      ])
  }
}
