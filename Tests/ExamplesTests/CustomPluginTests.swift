import Testing

@Suite("custom-plugin as a process")
struct CustomPluginTests {
  @Test("conformers from outside the library pass the checks and fit the data")
  func run() throws {
    let process = try ExampleProcess("custom-plugin", [])
    #expect(process.status == 0, "\(process.errors)\(process.output)")
    #expect(process.output.contains("0 findings"))
    let fits = process.output.split(separator: "\n").filter { $0.contains("parameters   [") }
    #expect(fits.count == 2)
    for fit in fits {
      let numbers = fit.drop { $0 != "[" }.dropFirst().dropLast().split(separator: ",")
        .compactMap { Double($0.drop { $0 == " " }) }
      #expect(zip(numbers, [2.5, 1.3, 0.5]).allSatisfy { abs($0 - $1) < 0.02 }, "\(fit)")
    }
  }

  @Test("arguments it does not know are refused, help is given")
  func arguments() throws {
    let refused = try ExampleProcess("custom-plugin", ["--bogus"])
    #expect(refused.status == 2 && refused.output.isEmpty && refused.errorLines.count == 1)
    let help = try ExampleProcess("custom-plugin", ["--help"])
    #expect(help.status == 0 && help.output.contains("usage: custom-plugin"))
  }
}
