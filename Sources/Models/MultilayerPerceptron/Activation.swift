import CKernels
import OptimKit

/// What a hidden neuron does to its weighted sum.
///
/// Values and derivatives are computed in double precision for every scalar, and are the same bits on every
/// processor.
public enum Activation: Hashable, Sendable, Codable {
  /// max(z, 0), with derivative 0 at 0.
  case relu
  /// tanh z, to 2 units in the last place.
  case tanh
  /// ½z (1 + tanh(√(2/π) (z + 0.044715 z³))), the approximation of z Φ(z) in arXiv 1606.08415.
  case gelu
  /// sin(ωz), of SIREN (arXiv 2006.09661), for |ωz| up to about 10⁶.
  case sine(frequency: Double)

  /// SIREN's ω = 30.
  public static var sine: Self { .sine(frequency: 30) }

  /// Whether the second derivative is something else than 0 almost everywhere.
  var isCurved: Bool { self != .relu }

  /// Throws where a frequency is not a positive number.
  func validate() throws {
    guard case .sine(let frequency) = self, !(frequency > 0 && frequency.isFinite) else { return }
    throw OptimKitError(
      .invalidArgument, cause: "a sine of frequency \(frequency)",
      remedy: "choose a positive number, such as 30")
  }

  /// value ← σ(z), and as many derivatives as are given, each of `count` elements; one of them may be z itself.
  func apply<Scalar: RealScalar>(
    to z: UnsafePointer<Scalar>, count: Int, value: UnsafeMutablePointer<Scalar>,
    first: UnsafeMutablePointer<Scalar>? = nil, second: UnsafeMutablePointer<Scalar>? = nil,
    third: UnsafeMutablePointer<Scalar>? = nil
  ) {
    let (kind, frequency) = kernel
    Scalar.routines.kernels.activate(kind, frequency, z, count, value, first, second, third)
  }

  private var kernel: (optimkit_activation, Double) {
    switch self {
    case .relu: (OPTIMKIT_RELU, 0)
    case .tanh: (OPTIMKIT_TANH, 0)
    case .gelu: (OPTIMKIT_GELU, 0)
    case .sine(let frequency): (OPTIMKIT_SINE, frequency)
    }
  }
}
