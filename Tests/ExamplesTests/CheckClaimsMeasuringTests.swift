import CheckClaims
import Foundation
import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

/// The tools that claims are measured with.
@Suite("Measuring of check-claims")
struct CheckClaimsMeasuringTests {
  @Test("a power law is found, and R² tells how good a line is")
  func lines() {
    let law = LineFit.powerLaw([1, 2, 4, 8].map { ($0, 3 * pow($0, -0.5)) })
    #expect(abs(law.slope + 0.5) < 1e-12 && abs(law.determination - 1) < 1e-12)
    #expect(abs(exp(law.intercept) - 3) < 1e-12)
    // Anscombe's first set: 3 + 0.5 x with R² = 0.67.
    let x = [10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    let line = LineFit(zip(x, y).map { $0 })
    #expect(abs(line.slope - 0.500) < 1e-3 && abs(line.intercept - 3.00) < 1e-2)
    #expect(abs(line.determination - 0.667) < 1e-3)
    #expect(LineFit([(1, 2)]).slope.isNaN)
  }

  @Test("Student's own paired test: hours of sleep gained by two drugs")
  func pairedTest() throws {
    // Student, "The probable error of a mean", Biometrika 6 (1908); as R's t.test tells it.
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    let test = try PairedDifferences(first, second)
    #expect(abs(test.mean + 1.58) < 1e-12)
    #expect(abs(test.mean / test.standardError + 4.0621) < 1e-4)
    #expect(abs(test.probability - 0.002833) < 1e-6)
    #expect(abs(test.interval.lowerBound + 2.4598858) < 1e-6)
    #expect(abs(test.interval.upperBound + 0.7001142) < 1e-6)
    let same = try PairedDifferences([1, 2], [1, 2])
    #expect(same.probability == 1 && same.interval == 0...0)
    #expect(throws: OptimKitError.self) { try PairedDifferences([1], [1]) }
    #expect(throws: OptimKitError.self) { try PairedDifferences([1, 2], [1]) }
  }

  @Test("medians and extremes; NaN is never hidden")
  func statistics() {
    #expect([3.0, 1, 2].median == 2 && [4.0, 1, 2, 3].median == 2.5 && [Double]().median.isNaN)
    #expect([1.0, .nan, 3].largest.isNaN && [1.0, .nan].smallest.isNaN)
    #expect([1.0, .infinity].largest == .infinity && [2.0, 1].smallest == 1)
  }

  @Test("λ is that of the Gram matrix of a very wide network")
  func limitingEigenvalue() throws {
    let single = try WideProblem(.init(samples: 1, features: 3, width: 1), seed: 4)
    #expect(abs(try single.limitingEigenvalue() - 0.5) < 1e-12)
    let problem = try WideProblem(.init(samples: 10, features: 6, width: 1 << 17), seed: 5)
    var gram = Matrix<Double>(rowCount: 10, columnCount: 10)
    var outputs = Double.zeros(10)
    var span = outputs.mutableSpan
    let jacobian = problem.network.linearize(at: problem.start.span, outputs: &span)
    try DampedSystem(jacobian: jacobian).formNormalMatrix(into: &gram)
    let measured = try gram.symmetricEigenvalues().smallest
    // Each element is a mean of 2¹⁷ numbers of size below one.
    #expect(abs(try problem.limitingEigenvalue() - measured) < 10 * 4 / 362)
  }

  @Test("inexact solves leave exactly what they are to leave", arguments: [0, 0.01, 0.5])
  func inexactSolver(residual: Double) throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 40, columns: 8, conditionNumber: 100)
    let system = DampedSystem(jacobian: DenseJacobian(matrix.transposed()))
    let workspace = InexactSolver(relativeResidual: residual).makeWorkspace(for: Double.self)
    try workspace.prepare(system, key: RandomKey(seed: 3, purpose: "test"))
    let target: [Double] = RandomKey(seed: 4, purpose: "test").normalVector(8)
    let step: [Double] = try filled(40) {
      _ = try workspace.solve(
        DampedRightHandSide(target: target), tolerance: .relative(0.1), into: &$0)
    }
    let fitted: [Double] = try filled(8) { try system.apply(step.span, into: &$0) }
    let left = distance(fitted, target) / norm(target)
    #expect(abs(left - residual) < 1e-10)
    #expect(throws: OptimKitError.self) { try InexactSolver(relativeResidual: 1).validate() }
  }

  @Test(
    "Algorithm 2 converges up to eigenvalues of √2, and not beyond; conjugate gradients always do")
  func preconditionedMatrix() throws {
    func matrix(_ eigenvalues: [Double]) -> PreconditionedMatrix {
      var matrix = Matrix<Double>(rowCount: eigenvalues.count, columnCount: eigenvalues.count)
      for (i, value) in eigenvalues.enumerated() { matrix[i, i] = value }
      return PreconditionedMatrix(matrix)
    }
    func iterations(_ eigenvalues: [Double]) -> (algorithm2: Double, conjugateGradients: Double) {
      let target = [Double](repeating: 1, count: eigenvalues.count)
      let matrix = matrix(eigenvalues)
      return (
        matrix.iterationsOfAlgorithm2(target, to: 1e-6, atMost: 3000),
        matrix.iterationsOfConjugateGradients(target, to: 1e-6, atMost: 3000)
      )
    }
    #expect(iterations([1, 1]) == (1, 1))
    // The slowest part shrinks by |1 − 1.4²| = 0.96 an iteration.
    #expect(abs(try matrix([0.5, 1, 1.4]).rateOfAlgorithm2() - 0.96) < 1e-12)
    let slow = iterations([0.5, 1, 1.4])
    #expect(slow.algorithm2 > 250 && slow.algorithm2 < 400)
    // As many as there are eigenvalues.
    #expect(slow.conjugateGradients == 3)
    #expect(iterations([0.5, 1, 1.42]) == (.infinity, 3))
  }
}
