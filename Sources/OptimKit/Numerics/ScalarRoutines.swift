import CKernels
import COpenBLAS

/// The BLAS, LAPACK and kernel entry points of one scalar type.
///
/// Tables instead of two hand-kept copies of every function: `Float` and `Double` each fill them in once, and
/// everything above is generic. Only OptimKit makes them. A class, so that looking a routine up copies no table.
public final class ScalarRoutines<Scalar: RealScalar>: Sendable {
  let blas: BLASRoutines<Scalar>
  let lapack: LAPACKRoutines<Scalar>
  package let kernels: Kernels<Scalar>

  /// Memory for partial results of shared products and factorizations.
  package let scratch = ScratchPool<Scalar>()

  init(
    blas: BLASRoutines<Scalar>, lapack: LAPACKRoutines<Scalar>, kernels: Kernels<Scalar>
  ) {
    self.blas = blas
    self.lapack = lapack
    self.kernels = kernels
  }
}

/// The BLAS of one scalar type.
struct BLASRoutines<Scalar: RealScalar>: @unchecked Sendable {
  typealias Vector = UnsafePointer<Scalar>?
  typealias MutableVector = UnsafeMutablePointer<Scalar>?
  typealias Order = CBLAS_ORDER
  typealias Transpose = CBLAS_TRANSPOSE

  // BLAS level 1.
  let dot: (blasint, Vector, blasint, Vector, blasint) -> Scalar
  let norm: (blasint, Vector, blasint) -> Scalar
  let absoluteSum: (blasint, Vector, blasint) -> Scalar
  let scale: (blasint, Scalar, MutableVector, blasint) -> Void
  let addScaled: (blasint, Scalar, Vector, blasint, MutableVector, blasint) -> Void
  let addScaledToScaled: (blasint, Scalar, Vector, blasint, Scalar, MutableVector, blasint) -> Void

  // BLAS levels 2 and 3.
  let gemv:
    (
      Order, Transpose, blasint, blasint, Scalar, Vector, blasint, Vector, blasint, Scalar,
      MutableVector, blasint
    ) -> Void
  let symv:
    (
      Order, CBLAS_UPLO, blasint, Scalar, Vector, blasint, Vector, blasint, Scalar,
      MutableVector, blasint
    ) -> Void
  let trsv:
    (
      Order, CBLAS_UPLO, Transpose, CBLAS_DIAG, blasint, Vector, blasint, MutableVector, blasint
    ) -> Void
  let gemm:
    (
      Order, Transpose, Transpose, blasint, blasint, blasint, Scalar, Vector, blasint, Vector,
      blasint, Scalar, MutableVector, blasint
    ) -> Void
  let syrk:
    (
      Order, CBLAS_UPLO, Transpose, blasint, blasint, Scalar, Vector, blasint, Scalar,
      MutableVector, blasint
    ) -> Void
  let trsm:
    (
      Order, CBLAS_SIDE, CBLAS_UPLO, Transpose, CBLAS_DIAG, blasint, blasint, Scalar, Vector,
      blasint, MutableVector, blasint
    ) -> Void
}

/// The LAPACK of one scalar type, column-major.
struct LAPACKRoutines<Scalar: RealScalar>: @unchecked Sendable {
  typealias Vector = UnsafePointer<Scalar>?
  typealias MutableVector = UnsafeMutablePointer<Scalar>?
  typealias Characters = UnsafePointer<CChar>?
  typealias Size = UnsafePointer<blasint>?
  typealias Status = UnsafeMutablePointer<blasint>?

  let potrf: (Characters, Size, MutableVector, Size, Status, Int) -> Void
  let pocon:
    (
      Characters, Size, Vector, Size, Vector, MutableVector, MutableVector, Status, Status, Int
    ) -> Void
  let trcon:
    (
      Characters, Characters, Characters, Size, Vector, Size, MutableVector, MutableVector, Status,
      Status, Int, Int, Int
    ) -> Void
  let gelqt3: (Size, Size, MutableVector, Size, MutableVector, Size, Status) -> Void
  let geqrt3: (Size, Size, MutableVector, Size, MutableVector, Size, Status) -> Void
  let geqrf: (Size, Size, MutableVector, Size, MutableVector, MutableVector, Size, Status) -> Void
  let tpqrt:
    (
      Size, Size, Size, Size, MutableVector, Size, MutableVector, Size, MutableVector, Size,
      MutableVector, Status
    ) -> Void
  let larft:
    (
      Characters, Characters, Size, Size, Vector, Size, Vector, MutableVector, Size, Int, Int
    ) -> Void
  let larfb:
    (
      Characters, Characters, Characters, Characters, Size, Size, Size, Vector, Size, Vector, Size,
      MutableVector, Size, MutableVector, Size, Int, Int, Int, Int
    ) -> Void
  let geqp3:
    (
      Size, Size, MutableVector, Size, Status, MutableVector, MutableVector, Size, Status
    ) -> Void
  let ormlq:
    (
      Characters, Characters, Size, Size, Size, MutableVector, Size, Vector, MutableVector, Size,
      MutableVector, Size, Status, Int, Int
    ) -> Void
  let ormqr:
    (
      Characters, Characters, Size, Size, Size, MutableVector, Size, Vector, MutableVector, Size,
      MutableVector, Size, Status, Int, Int
    ) -> Void
  let syevd:
    (
      Characters, Characters, Size, MutableVector, Size, MutableVector, MutableVector, Size, Status,
      Size, Status, Int, Int
    ) -> Void
  let gebrd:
    (
      Size, Size, MutableVector, Size, MutableVector, MutableVector, MutableVector, MutableVector,
      MutableVector, Size, Status
    ) -> Void
  let ormbr:
    (
      Characters, Characters, Characters, Size, Size, Size, MutableVector, Size, Vector,
      MutableVector, Size, MutableVector, Size, Status, Int, Int, Int
    ) -> Void
  let gesdd:
    (
      Characters, Size, Size, MutableVector, Size, MutableVector, MutableVector, Size,
      MutableVector, Size, MutableVector, Size, Status, Status, Int
    ) -> Void
}

extension Double: RealScalar {
  /// OpenBLAS in double precision.
  public static let routines: ScalarRoutines<Double> = {
    precondition(OpenBLASRuntime.isReady)
    return ScalarRoutines(
      blas: BLASRoutines(
        dot: cblas_ddot, norm: cblas_dnrm2, absoluteSum: cblas_dasum, scale: cblas_dscal,
        addScaled: cblas_daxpy, addScaledToScaled: cblas_daxpby, gemv: cblas_dgemv,
        symv: cblas_dsymv, trsv: cblas_dtrsv, gemm: cblas_dgemm, syrk: cblas_dsyrk,
        trsm: cblas_dtrsm),
      lapack: LAPACKRoutines(
        potrf: dpotrf_, pocon: dpocon_, trcon: dtrcon_, gelqt3: dgelqt3_, geqrt3: dgeqrt3_,
        geqrf: dgeqrf_, tpqrt: dtpqrt_, larft: dlarft_, larfb: dlarfb_, geqp3: dgeqp3_,
        ormlq: dormlq_, ormqr: dormqr_,
        syevd: dsyevd_, gebrd: dgebrd_, ormbr: dormbr_, gesdd: dgesdd_),
      kernels: Kernels(optimkit_kernel_table_double(KernelLevel.current.cLevel).pointee))
  }()
}

extension Float: RealScalar {
  /// OpenBLAS in single precision.
  public static let routines: ScalarRoutines<Float> = {
    precondition(OpenBLASRuntime.isReady)
    return ScalarRoutines(
      blas: BLASRoutines(
        dot: cblas_sdot, norm: cblas_snrm2, absoluteSum: cblas_sasum, scale: cblas_sscal,
        addScaled: cblas_saxpy, addScaledToScaled: cblas_saxpby, gemv: cblas_sgemv,
        symv: cblas_ssymv, trsv: cblas_strsv, gemm: cblas_sgemm, syrk: cblas_ssyrk,
        trsm: cblas_strsm),
      lapack: LAPACKRoutines(
        potrf: spotrf_, pocon: spocon_, trcon: strcon_, gelqt3: sgelqt3_, geqrt3: sgeqrt3_,
        geqrf: sgeqrf_, tpqrt: stpqrt_, larft: slarft_, larfb: slarfb_, geqp3: sgeqp3_,
        ormlq: sormlq_, ormqr: sormqr_,
        syevd: ssyevd_, gebrd: sgebrd_, ormbr: sormbr_, gesdd: sgesdd_),
      kernels: Kernels(optimkit_kernel_table_float(KernelLevel.current.cLevel).pointee))
  }()
}
