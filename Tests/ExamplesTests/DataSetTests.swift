import OptimKit
import Testing

import TrainReLU

@Suite("Data of train-relu")
struct DataSetTests {
  func norms(_ matrix: Matrix<Double>) -> [Double] {
    (0..<matrix.rowCount).map { row in
      matrix.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }

  @Test("Digits are divided 70/30, unit rows, +1 for even and -1 for odd")
  func parity() throws {
    let data = try DataSet<Double>(Options())
    let test = try #require(data.test)
    #expect(data.training.features.rowCount == 1257 && test.features.rowCount == 540)
    #expect(data.training.features.columnCount == 64 && data.training.targets.columnCount == 1)
    #expect(norms(data.training.features).allSatisfy { abs($0 - 1) < 1e-14 })
    let targets = data.training.targets.storage + test.targets.storage
    // The file holds 891 even digits and 906 odd ones.
    #expect(targets.count { $0 == 1 } == 891 && targets.count { $0 == -1 } == 906)
  }

  @Test("The seed alone decides the division")
  func seed() throws {
    var options = Options()
    let first = try DataSet<Double>(options)
    #expect(try DataSet<Double>(options).training.features == first.training.features)
    options.seed = 1
    #expect(try DataSet<Double>(options).training.features != first.training.features)
  }

  @Test("With ten outputs each sample has one target of +1")
  func tenOutputs() throws {
    var options = Options()
    options.data = .digits10
    options.samples = 100
    let data = try DataSet<Float>(options)
    #expect(data.training.features.rowCount == 70 && data.test?.features.rowCount == 30)
    let targets = data.training.targets
    #expect(targets.columnCount == 10)
    for row in 0..<70 {
      #expect(targets.row(row).count { $0 == 1 } == 1 && targets.row(row).count { $0 == -1 } == 9)
    }
  }

  @Test("Synthetic data have unit rows and targets in -1...1, of the sizes asked for")
  func synthetic() throws {
    var options = Options()
    options.data = .synthetic
    (options.samples, options.dimension, options.outputs) = (30, 5, 2)
    let data = try DataSet<Double>(options)
    #expect(data.test == nil)
    #expect(data.training.features.rowCount == 30 && data.training.features.columnCount == 5)
    #expect(data.training.targets.rowCount == 30 && data.training.targets.columnCount == 2)
    #expect(norms(data.training.features).allSatisfy { abs($0 - 1) < 1e-14 })
    #expect(data.training.targets.storage.allSatisfy { abs($0) <= 1 })
    #expect(Set(data.training.targets.storage).count == 60)
  }

  @Test("Files are taken as they are, targets as a vector or a matrix")
  func files() throws {
    let folder = try TemporaryFolder()
    var options = Options()
    options.features = try folder.write([2, 3], [1, 2, 3, 4, 5, 6], "X.npy")
    for shape in [[2], [2, 1]] {
      options.targets = try folder.write(shape, [7, 8], "y.npy")
      let data = try DataSet<Double>(options)
      #expect(data.training.features.storage == [1, 2, 3, 4, 5, 6])
      #expect(data.training.targets.rowCount == 2 && data.training.targets.columnCount == 1)
      #expect(data.training.targets.storage == [7, 8])
    }
  }
}
