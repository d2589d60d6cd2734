import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite struct FoldsTests {
  @Test func foldsDifferByOneSampleAtMost() throws {
    for (count, samples) in [(2, 2), (3, 10), (5, 23), (7, 7)] {
      let folds = try Folds(count, of: samples, seed: 4)
      let sizes = (0..<count).map { fold in folds.foldOfSample.count { $0 == fold } }
      #expect(folds.foldOfSample.count == samples && folds.count == count)
      #expect(sizes.max()! - sizes.min()! <= 1)
    }
  }

  @Test func foldsAreRandomAndFixedBySeed() throws {
    let folds = try Folds(4, of: 100, seed: 1)
    #expect(try folds == Folds(4, of: 100, seed: 1))
    #expect(try folds != Folds(4, of: 100, seed: 2))
    #expect(folds.foldOfSample != (0..<100).map { $0 % 4 })
    let data = try JSONEncoder().encode(folds)
    #expect(try JSONDecoder().decode(Folds.self, from: data) == folds)
  }

  @Test func classesAreSharedEvenly() throws {
    let classes = (0..<50).map { $0 % 10 == 0 ? 2 : $0 % 3 == 0 ? 1 : 0 }
    let folds = try Folds(5, stratifiedBy: classes, seed: 3)
    for fold in 0..<5 {
      for label in 0..<3 {
        let members = classes.indices.count { classes[$0] == label }
        let share = classes.indices.count {
          classes[$0] == label && folds.foldOfSample[$0] == fold
        }
        #expect(abs(Double(share) - Double(members) / 5) < 1)
      }
    }
  }

  @Test func refusesWhatCannotBeDivided() {
    for (count, samples) in [(1, 5), (6, 5), (0, 5)] {
      #expect(errorKind { try Folds(count, of: samples) } == .invalidArgument)
    }
    for folds in [[], [0, 0], [0, 2], [-1, 0, 1]] {
      #expect(errorKind { try Folds(foldOfSample: folds) } == .invalidArgument)
    }
  }
}
