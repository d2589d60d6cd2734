import OptimKit
import Synchronization

/// A network's state with its sensitivities, which are computed when they are first asked for.
final class NetworkLinearization<Scalar: RealScalar>: Sendable {
  let state: NetworkState<Scalar>
  private let computed = Mutex<NetworkSensitivities<Scalar>?>(nil)

  init(_ state: NetworkState<Scalar>) { self.state = state }

  var pass: NetworkPass<Scalar> { state.pass }

  /// The sensitivities; any thread may be the first to ask.
  var sensitivities: NetworkSensitivities<Scalar> {
    computed.withLock { computed in
      if let computed { return computed }
      let fresh = NetworkSensitivities(state)
      computed = fresh
      return fresh
    }
  }

  /// 2 operations for each parameter, point and channel, forward; as many backward, and again for the sums.
  var productOperations: Double {
    4 * Double(pass.channels.length) * Double(pass.architecture.parameterCount)
  }
}
