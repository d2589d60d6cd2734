/// Options of an example that computes: what all of those have in common.
package protocol ComputationOptions {
  /// Threads to use; nil stands for one a processor.
  var threads: Int? { get }

  /// Refuses options that contradict each other, as far as that shows before data are read.
  func validate() throws
}
