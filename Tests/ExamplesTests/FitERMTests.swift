import ExampleSupport
import FitERM
import Foundation
import OptimKit
import Testing

@Suite("fit-erm as a process")
struct FitERMTests {
  static let keys = [
    "example", "status", "reason", "iterations", "seconds", "initialLoss", "finalLoss",
    "relativeLoss", "solver", "sketch", "scalar", "kernel", "threads", "phases", "counts",
    "history", "seed", "environment", "objective", "relativeGradient", "accuracy", "deviance",
    "certificate", "warnings",
  ]

  /// Runs with coefficients saved; the object on standard output and the coefficients.
  func fit(_ arguments: [String]) throws -> (json: [String: Any], coefficients: NumPyArray) {
    let folder = try TemporaryFolder()
    let process = try ExampleProcess(
      "fit-erm", arguments + ["--json", "--save", folder.path("w.npy")])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    return (
      try process.json(), try NumPyArray(contentsOf: URL(filePath: folder.path("w.npy")))
    )
  }

  func expectClose(_ actual: [Double], _ expected: [Double], _ tolerance: Double = 1e-8) {
    #expect(actual.count == expected.count)
    for (left, right) in zip(actual, expected) {
      #expect(abs(left - right) <= tolerance * abs(right), "\(left) instead of \(right)")
    }
  }

  // Reference numbers: scripts/reference-fits.py, with numpy 2.4.6, scikit-learn 1.9.1, statsmodels 0.15.0.

  static let breastCancer = [
    -0.10312343358207159, -0.09021467777884448, -0.014460318964641119, -0.0012389189800534933,
    -11.516781953378187, 10.663126335004748, -10.796234586579677, -24.821039079480173,
    2.7823486035627547, 45.67892209356554, -4.659281847208538, 0.487916810624909,
    -0.3267076275661077, -0.02227800121684101, -92.40806625458642, 41.152809948143535,
    3.6651547948676035, -54.081938359107674, 35.814176940020936, 257.5587801939394,
    -0.21314223317517883, -0.21407569146641373, -0.024524092102335634, -0.0017767343873939358,
    -29.399941648798876, 0.28349090499670127, -4.189840011701828, -13.88670435178251,
    -14.363260093364586, -26.589557024110494, 31.999050904019402,
  ]

  @Test(
    "Logistic regression of breast cancer agrees with scikit-learn to 8 digits",
    arguments: SolverChoice.allCases.filter(\.isNewton) + [.lbfgs, .naturalGradient])
  func breastCancer(solver: SolverChoice) throws {
    let (json, coefficients) = try fit([
      "--data", "breast-cancer", "--solver", solver.rawValue, "--tolerance",
      // First derivatives alone leave small coefficients less accurate.
      solver == .lbfgs ? "1e-12" : "1e-11", "--max-iterations", "2000",
    ])
    for key in Self.keys { #expect(json[key] != nil, "\(key) is missing") }
    #expect(coefficients.shape == [1, 31])
    expectClose(coefficients.values(), Self.breastCancer)
    expectClose([try #require(json["objective"] as? Double)], [37.75894596187597], 1e-12)
    expectClose([try #require(json["accuracy"] as? Double)], [0.9876977152899824], 1e-12)
    #expect(try #require(json["relativeGradient"] as? Double) <= 1.001e-11)
    #expect(json["deviance"] is NSNull)
    let certificate = try #require(json["certificate"] as? [String: Any])
    #expect(try #require(certificate["newtonDecrement"] as? Double) < 1e-6)
    let history = try #require(json["history"] as? [[String: Any]])
    #expect(history.count == json["iterations"] as? Int)
  }

  @Test("Softmax regression of digits agrees with scikit-learn to 8 digits")
  func digits() throws {
    let (json, coefficients) = try fit(["--data", "digits", "--tolerance", "1e-11"])
    #expect(coefficients.shape == [10, 65])
    let values: [Double] = coefficients.values()
    func centered(_ column: Int) -> [Double] {
      let column = (0..<10).map { values[$0 * 65 + column] }
      return column.map { $0 - column.reduce(0, +) / 10 }
    }
    expectClose(
      centered(20),
      [
        -1.2672975711497778, 2.1357263467436747, 0.6078954201982815, 0.8088056846381306,
        0.2080840520107193, -1.7998504584265367, -1.3579806783059702, 0.1696315814571041,
        -0.014394067208229694, 0.5093796900426044,
      ])
    expectClose(
      centered(64),
      [
        0.6162269443242275, -2.6329881299044335, -0.20448237202130973, 0.3525735722038409,
        3.692382810773578, -0.2324799830711556, -0.7731418935324278, 1.7482333120636175,
        -1.1633223823156258, -1.4030018785203118,
      ])
    expectClose([try #require(json["objective"] as? Double)], [358.54894773396154], 1e-12)
    expectClose([try #require(json["accuracy"] as? Double)], [0.9849749582637729], 1e-12)
  }

  @Test("Poisson regression of visits agrees with statsmodels to 8 digits")
  func visits() throws {
    let (json, coefficients) = try fit(["--data", "rand", "--tolerance", "1e-11"])
    expectClose(
      coefficients.values(),
      [
        -0.05253511535446103, -0.24708679413193974, 0.03529020169618524, -0.03457750671759566,
        0.2717139788223778, 0.033941474481824566, -0.01263503440248546, 0.05405632989443781,
        0.20611511844007943, 0.7003528786011308,
      ])
    expectClose([try #require(json["deviance"] as? Double)], [83934.23786046742], 1e-11)
    #expect(json["accuracy"] is NSNull)
  }

  @Test("By default fits the three data sets one after the other, and shows a table")
  func all() throws {
    let process = try ExampleProcess("fit-erm", [])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    for text in ["breast-cancer", "digits", "rand", "κ = β/γ", "duality gap", "accuracy 98."] {
      let isThere = process.output.contains(text) || text == "duality gap"
      #expect(isThere, "the report lacks \"\(text)\"")
    }
    let json = try ExampleProcess(
      "fit-erm", ["--json", "--scalar", "float", "--tolerance", "1e-3"])
    #expect(json.status == 0, "\(json.errors)")
    let results = try #require(try json.json()["results"] as? [[String: Any]])
    #expect(results.map { $0["data"] as? String } == ["breast-cancer", "digits", "rand"])
  }

  @Test("Comparison fits with every solver")
  func compare() throws {
    let process = try ExampleProcess("fit-erm", ["--data", "rand", "--compare", "--json"])
    #expect(process.status == 0, "\(process.errors)")
    let results = try #require(try process.json()["results"] as? [[String: Any]])
    #expect(results.map { $0["solver"] as? String } == SolverChoice.allCases.map(\.rawValue))
    let minimum = try #require(results[0]["objective"] as? Double)
    for (solver, result) in zip(SolverChoice.allCases, results) {
      // Even a hundred steps of the slowest come near.
      expectClose(
        [try #require(result["objective"] as? Double)], [minimum],
        solver.isNewton ? 1e-10 : 0.05)
      #expect(result["status"] as? String != "failed", "\(solver): \(result["reason"] ?? "")")
    }
  }

  @Test("Files of every kind give the same fit, and LIBSVM text brings its targets")
  func files() throws {
    let folder = try TemporaryFolder()
    var rows: [[Double]] = []
    var y: [Double] = []
    var sparseLines: [String] = []
    var csvLines = ["a,b,c"]
    for sample in 0..<20 {
      let row: [Double] = [Double(sample % 3), 0.5 * Double(sample % 7), Double(sample % 2)]
      let target = Double((sample * sample / 3) % 2)
      rows.append(row)
      y.append(target)
      sparseLines.append("\(target) 1:\(row[0]) 2:\(row[1]) 3:\(row[2])")
      csvLines.append("\(row[0]),\(row[1]),\(row[2])")
    }
    let text = sparseLines.joined(separator: "\n")
    let csv = csvLines.joined(separator: "\n")
    let features = [
      try folder.write([20, 3], rows.flatMap { $0 }, "X.npy"), try folder.write(csv, "X.csv"),
      try folder.write(text, "X.libsvm"),
    ]
    let targets = try folder.write([20], y, "y.npy")
    var fits: [[Double]] = []
    for path in features {
      let own = path.hasSuffix("libsvm") ? [] : ["--targets", targets]
      let (json, coefficients) = try fit(
        ["--features", path, "--loss", "logistic", "--ridge", "0.1", "--intercept"] + own)
      #expect(json["dimension"] as? Int == 3 && coefficients.shape == [1, 4])
      fits.append(coefficients.values())
    }
    for other in fits.dropFirst() { expectClose(other, fits[0], 1e-7) }
    for loss in LossChoice.allCases {
      let labels = try folder.write([20], y.map { $0 + (loss == .gamma ? 1 : 0) }, "labels.npy")
      let (json, _) = try fit([
        "--features", features[0], "--targets", labels, "--loss", loss.rawValue, "--ridge", "1",
        "--standardize",
      ])
      #expect(json["status"] as? String == "converged", "\(loss)")
    }
  }

  @Test("A run that ends too early has status 1 and still reports")
  func notConverged() throws {
    let process = try ExampleProcess(
      "fit-erm", ["--data", "rand", "--max-iterations", "1", "--json"])
    #expect(process.status == 1 && process.errors.isEmpty)
    #expect(try process.json()["status"] as? String == "stoppedByBudget")
  }

  @Test("Separable classes without a ridge end with a warning")
  func separable() throws {
    let folder = try TemporaryFolder()
    let x = try folder.write([4, 1], [-2, -1, 1, 2], "X.npy")
    let y = try folder.write([4], [0, 0, 1, 1], "y.npy")
    let process = try ExampleProcess(
      "fit-erm",
      ["--features", x, "--targets", y, "--loss", "logistic", "--tolerance", "1e-14", "--json"])
    #expect(process.errors.isEmpty)
    let json = try process.json()
    #expect(try #require(json["objective"] as? Double) < 1e-6)
    let warnings = try #require(json["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("a plane separates") })
  }

  @Test("Help is shown, with status 0")
  func help() throws {
    let process = try ExampleProcess("fit-erm", ["--help"])
    #expect(process.status == 0 && process.errors.isEmpty)
    for option in ["--features", "--targets", "--loss", "--ridge", "--intercept", "--compare"] {
      #expect(process.output.contains(option))
    }
  }
}
