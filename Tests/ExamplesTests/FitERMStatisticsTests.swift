import Foundation
import OptimKit
import Testing

/// Reference numbers: scripts/reference-fits.py, with numpy 2.4, scikit-learn 1.9 and statsmodels 0.15.
@Suite("Statistics, ridges and predictions of fit-erm")
struct FitERMStatisticsTests {
  static let breastCancer = URL(filePath: #filePath)
    .appending(path: "../../../Examples/FitERM/Resources/breast-cancer.csv").standardized

  func expectClose(_ actual: [Double], _ expected: [Double], _ tolerance: Double) {
    #expect(actual.count == expected.count)
    for (left, right) in zip(actual, expected) {
      #expect(abs(left - right) <= tolerance * abs(right), "\(left) instead of \(right)")
    }
  }

  func json(_ arguments: [String]) throws -> [String: Any] {
    let process = try ExampleProcess("fit-erm", arguments + ["--json"])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    return try process.json()
  }

  func column(_ name: String, of rows: Any?) throws -> [Double] {
    try #require(rows as? [[String: Any]]).map { try #require($0[name] as? Double) }
  }

  @Test("Standard errors of Poisson regression agree with statsmodels")
  func visits() throws {
    let json = try json(["--data", "rand", "--standard-errors", "--tolerance", "1e-11"])
    expectClose(
      try column("standardError", of: json["coefficients"]),
      [
        0.0028839891978569877, 0.010617251896038536, 0.001828336844126875, 0.0016128485257794806,
        0.012239138438007877, 0.0005647649744366442, 0.009250611226200576, 0.015309870675114459,
        0.026279282717619656, 0.011162667126319957,
      ], 1e-9)
    expectClose(
      try column("statistic", of: json["coefficients"]),
      [
        -18.21612764482558, -23.272198545475945, 19.301805249698464, -21.438781240094784,
        22.200417145261394, 60.09840556362645, -1.3658594111813025, 3.5308155791481672,
        7.843255109161862, 62.74063990941735,
      ], 1e-8)
    let text = try ExampleProcess("fit-erm", ["--data", "rand", "--standard-errors"]).output
    for word in ["std. error", "p-value", "intercept", "x8"] { #expect(text.contains(word)) }
  }

  /// Files of texture, smoothness and symmetry, and of the classes.
  func nuclei(_ folder: TemporaryFolder) throws -> [String] {
    let table = try CSVTable(contentsOf: Self.breastCancer)
    let rows = (0..<table.rowCount).map {
      Array(table.values[$0 * table.columnCount..<($0 + 1) * table.columnCount])
    }
    return [
      "--features",
      try folder.write([rows.count, 3], rows.flatMap { [$0[1], $0[4], $0[8]] }, "X.npy"),
      "--targets", try folder.write([rows.count], rows.map { $0[30] }, "y.npy"),
      "--loss", "logistic", "--intercept",
    ]
  }

  @Test("Logistic regression of breast cancer agrees with statsmodels", arguments: [false, true])
  func breastCancer(isStandardized: Bool) throws {
    let folder = try TemporaryFolder()
    let json = try json(
      nuclei(folder) + ["--standard-errors", "--tolerance", "1e-12"]
        + (isStandardized ? ["--standardize"] : []))
    let rows = json["coefficients"]
    expectClose(
      try column("estimate", of: rows),
      [-0.286471379405489, -63.057305074574785, -15.712561056082706, 15.203123954717853], 1e-8)
    expectClose(
      try column("standardError", of: rows),
      [0.03012784233109731, 9.950925729553866, 4.7318149494802855, 1.3554103691466834], 1e-8)
    expectClose(
      try column("pValue", of: rows),
      [
        1.9338269972590172e-21, 2.3454352547782366e-10, 0.0008981762202991662,
        3.379385414283157e-29,
      ], 1e-6)
  }

  @Test("A path is shown, and held-out folds choose a ridge")
  func ridges() throws {
    let folder = try TemporaryFolder()
    let files = try nuclei(folder) + ["--standardize"]
    let path = try json(files + ["--path"])
    let ridges = try column("ridge", of: path["path"])
    #expect(ridges.count == 20 && ridges == ridges.sorted(by: >))
    #expect(path["ridge"] as? Double == 0)
    let chosen = try json(files + ["--folds", "5", "--seed", "2"])
    let deviances = try column("heldOutDeviance", of: chosen["path"])
    let best = try #require(deviances.indices.min { deviances[$0] < deviances[$1] })
    #expect(try column("ridge", of: chosen["path"])[best] == chosen["ridge"] as? Double)
    let again = try json(files + ["--folds", "5", "--seed", "2"])
    #expect(try column("heldOutDeviance", of: again["path"]) == deviances)
    let text = try ExampleProcess("fit-erm", files + ["--folds", "3"]).output
    for word in ["held-out deviance", "best", "1 s.e."] { #expect(text.contains(word)) }
  }

  @Test("Predictions are probabilities at new points")
  func predictions() throws {
    let folder = try TemporaryFolder()
    let points = try folder.write([2, 3], [19, 0.1, 0.18, 10, 0.05, 0.1], "new.npy")
    let output = folder.path("p.npy")
    let fit = try json(
      nuclei(folder) + ["--predict", points, "--predictions", output, "--standard-errors"])
    let w = try column("estimate", of: fit["coefficients"])
    let predicted = try NumPyArray(contentsOf: URL(filePath: output))
    #expect(predicted.shape == [2, 1])
    let expected = [[19, 0.1, 0.18], [10, 0.05, 0.1]].map { x in
      1 / (1 + exp(-(w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3])))
    }
    expectClose(predicted.values(), expected, 1e-12)
    let sparse = try folder.write("0 1:19 2:0.1\n1 1:10\n", "new.libsvm")
    _ = try json(nuclei(folder) + ["--predict", sparse, "--predictions", output])
    #expect(try NumPyArray(contentsOf: URL(filePath: output)).shape == [2, 1])
    let narrow = try folder.write([2, 2], [1, 2, 3, 4], "narrow.npy")
    let process = try ExampleProcess(
      "fit-erm", nuclei(folder) + ["--predict", narrow, "--predictions", output])
    #expect(process.status == 2 && process.errors.contains("has 2 columns for 3 features"))
  }
}
