import OptimKit

extension StepperState {
  /// The values, which a stepper of the same optimizer has saved.
  ///
  /// - Throws: `OptimKitError` of kind `unreadableFile` where there are none, or others.
  func decodedValues<Value: Codable>(_ type: Value.Type, vectorCount: (Value) -> Int) throws
    -> Value
  {
    guard let decoded = try values?.decoded(as: type), vectors.count == vectorCount(decoded),
      vectors.allSatisfy({ $0.count == parameters.count })
    else {
      throw OptimKitError(
        .unreadableFile, cause: "a stored state is not one of this optimizer",
        remedy: "resume with the optimizer that wrote it")
    }
    return decoded
  }
}
