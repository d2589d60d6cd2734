/// How the covariance of estimates is computed from a fit.
public enum CovarianceForm: String, Hashable, Sendable, Codable {
  /// φ H⁻¹ with the Hessian H at the minimum, ridge included: without a ridge the inverse of the observed information;
  /// with one the covariance of the normal approximation to the posterior whose prior is the ridge. The bias that the ridge
  /// brings is no part of it.
  case inverseHessian

  /// H⁻¹ (Σᵢ gᵢ gᵢᵀ) H⁻¹ with the gradients gᵢ of the samples' losses, weights included: right where the loss is not the
  /// likelihood, or variances differ between samples (Huber 1967; White 1980, "HC0"). With a ridge it is the variance of
  /// the estimates without their bias. There is no φ in it.
  case sandwich
}
