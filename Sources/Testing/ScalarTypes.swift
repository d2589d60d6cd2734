import OptimKit

/// The scalar types that OptimKit computes with, for tests that run over both:
///
///     @Test(arguments: scalarTypes)
///     func jacobianConforms(type: any RealScalar.Type) throws {
///       func check<Scalar: RealScalar>(_: Scalar.Type) throws {
///         #expect(conformanceIssues(of: try makeJacobian(of: Scalar.self)) == [])
///       }
///       try check(type)
///     }
public let scalarTypes: [any RealScalar.Type] = [Float.self, Double.self]
