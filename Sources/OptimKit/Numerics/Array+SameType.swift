extension Array {
  /// The array itself where its elements are of type `Other`; nil elsewhere.
  ///
  /// - Complexity: O(1); a cast from one type of arrays to another looks at each element.
  package func ifElements<Other>(are type: Other.Type) -> [Other]? {
    // As a value of any type it is not taken for a collection.
    (self as Any) as? [Other]
  }
}
