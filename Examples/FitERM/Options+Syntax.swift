import ExampleSupport

extension Options {
  /// The command line of `fit-erm`.
  package static let syntax = CommandLineSyntax(
    command: "fit-erm",
    summary: """
      Fits linear models by convex empirical risk minimisation, min over w of Σ ℓ(wᵀx, y) + (λ/2)‖w‖², with Newton's \
      method. Without data of your own: logistic regression of breast cancer, softmax regression of digits and Poisson \
      regression of visits to a doctor, one after the other.
      """,
    defaults: Options(),
    sections: [
      .init(
        "Data",
        [
          .option("data", \.data, .choice, "one of the data sets that come with it", absent: "all"),
          .option(
            "features", \.features, .path("X.npy|X.csv|X.libsvm"), "your own data, one row a sample"
          ),
          .option(
            "targets", \.targets, .path("y.npy|y.csv"), "its targets; a LIBSVM file brings its own"),
        ]),
      .init(
        "Model",
        [
          .option(
            "loss", \.loss, .choice, "the loss; classes are 0 and 1, for softmax 0, 1, 2, …",
            absent: "that of the data set; squared for files"),
          .option(
            "ridge", \.ridge, .nonNegativeNumber, "λ, on all but intercepts",
            absent: "that of the data set; 0 for files"),
          .flag("intercept", \.intercept, "add an intercept; data sets that come with it have one"),
          .flag(
            "standardize", \.standardize,
            "shift and scale columns; coefficients are those of columns as given all the same"),
          .flag("path", \.path, "show fits for ridges from large to small beside that of --ridge"),
          .option(
            "folds", \.folds, .integer(in: 2...),
            "choose the ridge that does best on folds that are held out"),
        ]),
      .init(
        "Fit",
        [
          .option("solver", \.solver, .choice, "how to minimise", absent: "automatic"),
          .option("scalar", \.scalar, .choice, "precision of all computation"),
          .option(
            "tolerance", \.tolerance, .positiveNumber,
            "converged at this norm of the gradient relative to that at zero"),
          .option("max-iterations", \.maxIterations, .integer(in: 1...), "most steps to take"),
          .option("seed", \.seed, .integer(in: 0...), "source of all randomness"),
          .option(
            "threads", \.threads, .integer(in: 1...256), "threads to use", absent: "one a processor"
          ),
        ]),
      .init(
        "Output",
        [
          .flag(
            "standard-errors", \.standardErrors,
            "show coefficients with standard errors and tests against 0"),
          .option(
            "predict", \.predict, .path("X.npy|X.csv|X.libsvm"),
            "features to predict targets of, in the units of the fit (digits: pixels / 16)"),
          .option(
            "predictions", \.predictions, .path("p.npy"),
            "write what is predicted: means, or probabilities, a column an output"),
          .flag("compare", \.compare, "fit with every solver and show them side by side"),
          .flag("json", \.json, "print one JSON object and nothing else"),
          .option(
            "progress", \.progress, .choice, "how each fit is shown, those of paths and folds too"),
          .option(
            "save", \.save, .path("w.npy"),
            "write coefficients: outputs × features, and a last column of intercepts where there are any"
          ),
        ]),
    ],
    footer: "Exit status: 0 converged, 1 not converged, 2 bad input, 130 interrupted.")
}
