/// Case e: far more samples than features, where the paper's method is meant to win.
enum PaperRegime {
  private static let introduction = """
    Trainings as in the training race, with far more samples than features and very wide. The dense Gram matrix \
    is the method of CGH+19 (arXiv 1905.11675) as published: J is written out in blocks of columns and multiplied \
    by `dsyrk`; everything else in it is OptimKit's.
    """

  static func measure(_ options: Options) throws -> Section {
    var section = Section("The paper's regime", introduction)
    let dense = Contestant(library: .optimKit, label: "dense Gram matrix", method: "dense-gram")
    let ours: [Contestant] = [.training(.sketchedCG, sketch: .tensor), .training(.exact)]
    let races =
      options.quick
      ? [(NetworkShape(samples: 512, features: 4, width: 16384), ours + [dense])]
      : [
        (NetworkShape(samples: 4096, features: 8, width: 131072), ours + [dense]),
        (NetworkShape(samples: 16384, features: 4, width: 65536), ours),
      ]
    for (shape, contestants) in races {
      let arrays = try ArrayFolder.training(shape)
      var race = try Race(shape.title, contestants, on: arrays.paths, options)
      race.checkTolerances()
      race.checkAgreement()
      section.add(
        race, [.steps, .metric("innerIterations", "inner iterations", "%.0f"), .relativeLoss])
    }
    return section
  }
}
