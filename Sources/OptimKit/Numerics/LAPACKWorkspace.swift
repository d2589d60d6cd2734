import COpenBLAS

/// Calls a LAPACK routine twice, as its interface wants: to learn the workspace size, then to work.
enum LAPACKWorkspace<Scalar: RealScalar> {
  typealias Call = (
    _ work: UnsafeMutablePointer<Scalar>, _ size: UnsafePointer<blasint>,
    _ status: UnsafeMutablePointer<blasint>
  ) -> Void

  static func run(_ call: Call) {
    var status: blasint = 0
    var query: blasint = -1
    var optimum = Scalar(0)
    call(&optimum, &query, &status)
    precondition(status == 0, "LAPACK refused argument \(-status)")
    // A Float may round the size down.
    var size = blasint(optimum * (1 + 4 * Scalar.ulpOfOne)) + 1
    var work = Scalar.zeros(Int(size))
    OpenBLASRuntime.withOwnThreads { call(&work, &size, &status) }
    precondition(status == 0, "LAPACK refused argument \(-status)")
  }
}
