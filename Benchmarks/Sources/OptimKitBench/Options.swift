import OptimKit

/// What the command line asks for.
struct Options: Sendable {
  var quick = false
  /// Nil where the command line names none.
  private var namedCases: [CaseLetter]?
  /// Networks of the training race, in place of its own.
  var shapes: [NetworkShape] = []
  /// Which races of cases h and j are run: those whose title holds this; all by default.
  var races: String?
  var repeats: Int?
  var threads = ComputeEnvironment.current.processorCount
  var output = "docs/performance.md"
  var python = "Benchmarks/.venv/bin/python"
  var peers = "Benchmarks/peers"
  var allowLoad = false
  var help = false

  /// What to measure: all, but with `--quick` those that take long in any size only where they are named.
  var cases: [CaseLetter] {
    namedCases ?? CaseLetter.allCases.filter { !quick || ![.h, .j].contains($0) }
  }

  /// Runs of each contestant after the first, whose time does not count.
  var runCount: Int { repeats ?? (quick ? 3 : 5) }

  static let help = """
    optimkit-bench: measures OptimKit beside its peers, on the same arrays in the same run, and writes a report.

      --quick             smaller sizes and 3 runs, without cases h and j: about three minutes
      --cases a,b,…       \(CaseLetter.allCases.map { "\($0.rawValue) \($0.title)" }.joined(separator: "; "))
      --shape N,D,M       a network for case a in place of its own; may be given several times
      --races TEXT        of cases h and j only the races whose title holds TEXT, as in 100000
      --repeats N         runs of each contestant; 5, with --quick 3
      --threads N         threads of every contestant; one a processor
      --output FILE.md    the report; docs/performance.md. Charts are written beside it
      --python PATH       the interpreter of the peers; Benchmarks/.venv/bin/python
      --peers FOLDER      the peers; Benchmarks/peers
      --allow-load        measure even while other programs use the processor; the report says so
      --help              this text

    Exit status: 0 measured, 1 measured but a result is wrong, 2 not measured.
    """

  /// Reads a command line.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else {
          throw Self.invalid("\(name) needs a value", remedy: "see --help")
        }
        return value
      }
      switch name {
      case "--quick": quick = true
      case "--allow-load": allowLoad = true
      case "--help", "-h": help = true
      case "--output": output = try value()
      case "--python": python = try value()
      case "--peers": peers = try value()
      case "--shape": shapes.append(try Self.shape(try value()))
      case "--races": races = try value()
      case "--repeats": repeats = try Self.positive(name, try value())
      case "--threads": threads = try Self.positive(name, try value())
      case "--cases":
        namedCases = try value().split(separator: ",").map { letter in
          guard let letter = CaseLetter(rawValue: String(letter)) else {
            throw Self.invalid("there is no case \(letter)", remedy: "see --help")
          }
          return letter
        }
      default: throw Self.invalid("there is no option \(name)", remedy: "see --help")
      }
    }
    try ComputeEnvironment.setThreadCount(threads)
  }

  private static func shape(_ text: String) throws -> NetworkShape {
    let numbers = text.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
    guard numbers.count == 3 else {
      throw invalid("--shape is \(text)", remedy: "give three positive numbers, as in 512,64,8192")
    }
    return NetworkShape(samples: numbers[0], features: numbers[1], width: numbers[2])
  }

  private static func positive(_ name: String, _ text: String) throws -> Int {
    guard let number = Int(text), number > 0 else {
      throw invalid("\(name) is \(text)", remedy: "give a positive number")
    }
    return number
  }

  private static func invalid(_ cause: String, remedy: String) -> OptimKitError {
    OptimKitError(.invalidArgument, cause: cause, remedy: remedy)
  }
}
