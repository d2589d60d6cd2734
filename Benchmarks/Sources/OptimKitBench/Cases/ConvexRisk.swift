/// Case h: logistic and Poisson regression by Newton's method, and by the solvers of scikit-learn.
enum ConvexRisk {
  private static let tolerance = 1e-8
  private static let ridge = 1e-3
  private static let sparseRidge = 1.0

  private static let introduction = """
    min Σᵢ ℓ(xᵢᵀw + b, yᵢ) + (λ/2)‖w‖² from zero to a gradient of 10⁻⁸ of that at zero, double precision. Dense \
    features are Gaussian, with columns scaled over three orders of magnitude, λ = 10⁻³, with an intercept outside \
    of the ridge; sparse ones have 50 Gaussian elements a row, λ = 1, no intercept. Tolerances of scikit-learn, which \
    are on the largest element of the gradient of the mean loss, or of liblinear on a norm, are set so that the same \
    is reached; the gradient of each is measured on the coefficients that it returns. Work is the memory by which a \
    process grew beyond its interpreter and inputs.
    """

  private struct Problem {
    let loss: RiskLoss
    let samples: Int
    let features: Int
    var stored: Int?
    /// Iterations of L-BFGS at most: it would take many thousands where columns differ in scale.
    var limit = 1000

    var title: String {
      "\(loss.rawValue), \(stored.map { "sparse, \($0) a row, " } ?? "")\(samples) × \(features)"
    }

    func arrays() throws -> ArrayFolder {
      try stored.map {
        try ArrayFolder.sparseRisk(samples: samples, features: features, stored: $0)
      } ?? ArrayFolder.risk(samples: samples, features: features, loss: loss)
    }

    private func contestant(
      _ library: Contestant.Library, _ label: String, _ solver: String, limit: Int = 100
    ) -> Contestant {
      Contestant(
        library: library, label: label, method: "risk",
        options: TaskOptions(
          solver: solver, tolerance: tolerance, maximumIterations: limit, loss: loss.rawValue,
          ridge: stored == nil ? ridge : sparseRidge, hasIntercept: stored == nil))
    }

    var contestants: [Contestant] {
      let own = [contestant(.optimKit, "OptimKit automatic", SolverChoice.automatic.rawValue)]
      func peer(_ solver: String, limit: Int = 100) -> Contestant {
        contestant(.sklearn, "scikit-learn \(solver)", solver, limit: limit)
      }
      let lbfgs = peer("lbfgs", limit: limit)
      if stored != nil { return own + [lbfgs, peer("liblinear", limit: 1000)] }
      var full = own[0]
      full.label += ", full Hessians"
      full.options.startsSubsampled = false
      return own + [full, peer("newton-cholesky")] + (loss == .logistic ? [lbfgs] : [])
    }
  }

  static func measure(_ options: Options) throws -> Section {
    var section = Section("Convex empirical risk", introduction)
    for problem in problems(options) where options.races.map(problem.title.contains) ?? true {
      let arrays = try problem.arrays()
      var race = try Race(problem.title, problem.contestants, on: arrays.paths, options)
      race.checkGradients(tolerance)
      section.add(
        race,
        [
          .workMemory,
          .metric("iterations", "iterations", "%.0f"),
          .metric("innerIterations", "inner", "%.0f"),
          .metric("relativeGradient", "gradient", "%.1e"),
          .metric("objective", "objective", "%.10g"),
        ])
    }
    return section
  }

  private static func problems(_ options: Options) -> [Problem] {
    if options.quick {
      return [
        Problem(loss: .logistic, samples: 50_000, features: 50),
        Problem(loss: .logistic, samples: 5_000, features: 300),
        Problem(loss: .poisson, samples: 20_000, features: 100),
        Problem(loss: .logistic, samples: 20_000, features: 5_000, stored: 20),
      ]
    }
    let sizes = [(200_000, 200), (1_000_000, 50), (20_000, 1000)]
    return sizes.map { Problem(loss: .logistic, samples: $0.0, features: $0.1) }
      + [Problem(loss: .logistic, samples: 100_000, features: 2000, limit: 100)]
      + sizes.map { Problem(loss: .poisson, samples: $0.0, features: $0.1) }
      + [Problem(loss: .logistic, samples: 200_000, features: 50_000, stored: 50)]
  }
}
