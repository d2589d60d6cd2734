/// Case e: far more samples than features, where the paper's method is meant to win.
enum PaperRegime {
  private static let stepCount = 2

  private static let introduction = """
    The first \(stepCount) steps of trainings as in the training race, with far more samples than features and \
    very wide. (So many samples in so few dimensions make systems too ill-conditioned for full steps to \
    converge at these widths; the cost of a step does not depend on that.) The dense Gram matrix \
    is the method of CGH+19 (arXiv 1905.11675) as published: J is written out in blocks of columns and multiplied \
    by `dsyrk`; everything else in it is OptimKit's.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("The paper's regime", introduction)
    let dense = Contestant(library: .optimKit, label: "dense Gram matrix", method: "dense-gram")
      .limited(toSteps: stepCount)
    let ours = [
      Contestant.training(.automatic).limited(toSteps: stepCount),
      Contestant.training(.sketchedCG, sketch: .neuronSampling).limited(toSteps: stepCount),
      Contestant.training(.sketchedCG, sketch: .tensor).limited(toSteps: stepCount),
      Contestant.training(.exact).limited(toSteps: stepCount),
    ]
    let races =
      options.quick
      ? [(NetworkShape(samples: 512, features: 4, width: 16384), ours + [dense])]
      : [
        (NetworkShape(samples: 4096, features: 8, width: 131072), ours + [dense]),
        // Two sketches of 65536 rows of 16384 would hold 11 GB, and take minutes.
        (
          NetworkShape(samples: 16384, features: 4, width: 65536),
          ours.filter { $0.options.sketch != SketchChoice.tensor.rawValue }
        ),
      ]
    for (shape, contestants) in races {
      let arrays = try ArrayFolder.training(shape)
      var race = try Race(shape.title, contestants, on: arrays.paths, options)
      race.checkAgreement()
      section.add(
        race, [.steps, .metric("innerIterations", "inner iterations", "%.0f"), .relativeLoss])
    }
    return section
  }
}
