import OptimKit
import OptimKitTesting
import Testing

/// Expected values: mpmath 1.3, 40 digits.
@Suite struct StudentDistributionTests {
  /// P(|T| ≥ t) at the places of `places`.
  static let tails: [(freedom: Double, values: [Double])] = [
    (
      0.5,
      [
        0.9946067436361045, 0.75731807292943663, 0.50790179064810845, 0.31922008298867153,
        0.18506052106920212, 0.10140979992949436,
      ]
    ),
    (
      1.0,
      [
        0.99363401447018349, 0.70483276469913345, 0.37433408362199763, 0.15595826075473865,
        0.052929352119179751, 0.015912179824051627,
      ]
    ),
    (
      2.0,
      [
        0.99292910895820097, 0.66666666666666667, 0.27239312489100108, 0.057190958417936634,
        0.0068729336771584601, 0.00062441467218474064,
      ]
    ),
    (
      3.0,
      [
        0.99264911141285198, 0.65144796484815099, 0.23058386524482305, 0.028008456010146167,
        0.0012450158007893367, 3.4380680789158528e-5,
      ]
    ),
    (
      7.5,
      [
        0.99228213107036951, 0.6314109646224544, 0.17448057058646423, 0.0045061103501851778,
        3.6608064556194797e-6, 5.1190567637097908e-10,
      ]
    ),
    (
      30.0,
      [
        0.9920874925731777, 0.62072300488512729, 0.144065929128646, 0.00038184563608375684,
        5.5801854151992561e-13, 1.3726045194406403e-27,
      ]
    ),
    (
      100.0,
      [
        0.9920412102344285, 0.61817356583088657, 0.13676505812468886, 0.00012152364430076168,
        4.3950877156043781e-21, 2.4621076021400708e-63,
      ]
    ),
    (
      1000.0,
      [
        0.99202328193218729, 0.61718508083387481, 0.13393003882208617, 6.8009919208781578e-5,
        4.3240573867745275e-31, 1.0478852155173361e-209,
      ]
    ),
    (
      12345.0,
      [
        0.99202144895768925, 0.6170839894840455, 0.1336399751624321, 6.3711834973596272e-5,
        5.4208438640052921e-33, 0,
      ]
    ),
    (
      1e6,
      [
        0.99202128936554767, 0.61707518747237139, 0.13361471823679277, 6.3347034010048105e-5,
        3.5716851247650898e-33, 0,
      ]
    ),
  ]
  static let places = [0.01, 0.5, 1.5, 4, 12, 40]

  @Test(arguments: tails.indices)
  func tailsAgreeTo12Digits(index: Int) throws {
    let (freedom, values) = Self.tails[index]
    let distribution = try StudentDistribution(degreesOfFreedom: freedom)
    for (t, expected) in zip(Self.places, values) {
      let probability = distribution.twoSidedProbability(of: -t)
      #expect(abs(probability - expected) <= 1e-12 * expected + 1e-300, "\(freedom), \(t)")
      let cumulative = distribution.cumulativeProbability(at: t)
      #expect(abs(cumulative - (1 - expected / 2)) <= 1e-15)
      #expect(
        abs(distribution.cumulativeProbability(at: -t) - expected / 2) <= 1e-12 * expected + 1e-300)
    }
  }

  @Test(arguments: [
    (1, 0.975, 12.706204736174693), (2, 0.975, 4.3026527297494618),
    (5, 0.995, 4.0321429835552272), (10, 0.975, 2.2281388519862742),
    (30, 0.9, 1.3104150253913957), (1000, 0.975, 1.9623390808264081),
    (.infinity, 0.975, 1.9599639845400542), (.infinity, 0.995, 2.5758293035489008),
  ])
  func quantilesAgreeTo12Digits(freedom: Double, probability: Double, expected: Double) throws {
    let distribution = try StudentDistribution(degreesOfFreedom: freedom)
    #expect(abs(try distribution.quantile(probability) - expected) <= 1e-12 * expected)
    #expect(abs(try distribution.quantile(1 - probability) + expected) <= 1e-12 * expected)
    let level = 2 * probability - 1
    #expect(abs(try distribution.criticalValue(level: level) - expected) <= 1e-12 * expected)
  }

  /// The density is the derivative, and quantiles invert probabilities far into the tails.
  @Test(arguments: [0.3, 1, 4, 77, 1e5, .infinity])
  func partsFitEachOther(freedom: Double) throws {
    let distribution = try StudentDistribution(degreesOfFreedom: freedom)
    for t in [-3.0, -0.2, 0.7, 2.5] {
      let slope =
        (distribution.cumulativeProbability(at: t + 1e-4)
          - distribution.cumulativeProbability(at: t - 1e-4)) / 2e-4
      #expect(abs(slope - distribution.density(at: t)) <= 1e-7)
    }
    for probability in [1e-30, 1e-5, 0.2, 0.5] {
      let t = try distribution.quantile(probability)
      let image = distribution.cumulativeProbability(at: t)
      #expect(abs(image - probability) <= 1e-11 * probability, "\(probability)")
    }
  }

  @Test func refusesWhatIsNoDistributionOrProbability() throws {
    for freedom in [0, -1, Double.nan] {
      #expect(errorKind { try StudentDistribution(degreesOfFreedom: freedom) } == .invalidArgument)
    }
    for probability in [0, 1, -1, Double.nan] {
      let normal = StudentDistribution.normal
      #expect(errorKind { try normal.quantile(probability) } == .invalidArgument)
      #expect(errorKind { try normal.criticalValue(level: probability) } == .invalidArgument)
    }
    #expect(StudentDistribution.normal.twoSidedProbability(of: .nan).isNaN)
    #expect(try StudentDistribution(degreesOfFreedom: 3).twoSidedProbability(of: .infinity) == 0)
  }
}
