import OptimKit

/// Samples to train on, and perhaps others to test on.
package struct DataSet<Scalar: RealScalar> {
  /// What the outputs mean.
  package enum Task: Sendable {
    /// The sign of the one output tells the class.
    case sign
    /// The largest of the outputs tells the class.
    case largest
    /// The outputs are numbers.
    case regression
  }

  /// Rows and their targets, one row a sample.
  package struct Part {
    /// One row a sample.
    package var features: Matrix<Scalar>
    /// One row a sample, one column an output.
    package var targets: Matrix<Scalar>
  }

  /// Where the data come from, in a few words.
  package let name: String
  /// What the outputs mean.
  package let task: Task
  /// What is trained on.
  package let training: Part
  /// What is not.
  package let test: Part?
  /// What was done to the rows, for reports.
  package let remark: String

  /// The data that the options ask for.
  package init(_ options: Options) throws {
    if let features = options.features, let targets = options.targets {
      self = try .given(features: features, targets: targets, options)
    } else if options.source == .synthetic {
      self = try .synthetic(options)
    } else {
      self = try .digits(options)
    }
  }

  init(name: String, task: Task, training: Part, test: Part? = nil, remark: String) {
    self.name = name
    self.task = task
    self.training = training
    self.test = test
    self.remark = remark
  }
}
