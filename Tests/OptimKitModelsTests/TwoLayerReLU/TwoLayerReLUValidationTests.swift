import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct TwoLayerReLUValidationTests {
  private let features = Matrix<Double>(rowCount: 3, columnCount: 2)
  private let signs = Matrix<Double>.identity(1)

  @Test(arguments: [(0, 1), (-1, 1), (4, 0), (4, -2), (Int.max, 2), (1 << 31, 1), (1 << 30, 1)])
  func widthsAndOutputsOutsideTheirDomainAreRefused(width: Int, outputs: Int) {
    #expect(
      errorKind { try TwoLayerReLU(features: features, width: width, outputsPerSample: outputs) }
        == .invalidArgument)
  }

  @Test(arguments: [(0, 2), (3, 0), (0, 0)])
  func featuresHaveToBeThere(rows: Int, columns: Int) {
    let empty = Matrix<Double>(rowCount: rows, columnCount: columns)
    #expect(errorKind { try TwoLayerReLU(features: empty, width: 4) } == .invalidArgument)
    #expect(
      errorKind { try TwoLayerReLU(features: empty, width: 4, hasBias: true) } == .invalidArgument)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func featuresHaveToBeFinite(value: Double) throws {
    var bad = features
    bad[2, 1] = value
    let error = #expect(throws: OptimKitError.self) { try TwoLayerReLU(features: bad, width: 4) }
    #expect(error?.kind == .nonFiniteValue)
    #expect(error?.cause.contains("feature 1 of sample 2") == true)
  }

  @Test(arguments: [0, 2, -0.5, Double.nan])
  func signsHaveToBeOnes(value: Double) throws {
    let signs = try Matrix(rowCount: 1, columnCount: 3, storage: [1, -1, value])
    #expect(errorKind { try TwoLayerReLU(features: features, signs: signs) } == .invalidArgument)
  }

  @Test func signsHaveToBeThere() {
    for (rows, columns) in [(0, 3), (1, 0)] {
      let signs = Matrix<Double>(rowCount: rows, columnCount: columns)
      #expect(errorKind { try TwoLayerReLU(features: features, signs: signs) } == .invalidArgument)
    }
  }

  @Test func predictionsNeedMatchingParametersAndFeatures() throws {
    for hasBias in [false, true] {
      let network = try TwoLayerReLU(features: features, signs: signs, hasBias: hasBias)
      let weights = network.initialParameters()
      func kind(_ features: Matrix<Double>, _ weights: [Double]) -> OptimKitError.Kind? {
        errorKind { try network.predictions(for: features, parameters: weights) }
      }
      #expect(kind(features, weights) == nil)
      #expect(kind(features, weights + [0]) == .dimensionMismatch)
      #expect(kind(Matrix(rowCount: 3, columnCount: 3), weights) == .dimensionMismatch)
      #expect(kind(Matrix(rowCount: 0, columnCount: 2), weights) == .invalidArgument)
      var bad = features
      bad[0, 0] = .nan
      #expect(kind(bad, weights) == .nonFiniteValue)
    }
  }

  @Test(arguments: [[3], [-1], [0, 1, 7], []])
  func restrictionsNeedSamplesOfTheModel(samples: [Int]) throws {
    let network = try TwoLayerReLU(features: features, signs: signs)
    #expect(errorKind { try network.restricted(to: samples) } == .invalidArgument)
  }
}
