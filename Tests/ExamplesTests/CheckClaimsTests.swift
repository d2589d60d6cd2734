import Foundation
import Testing

@Suite("check-claims as a process")
struct CheckClaimsTests {
  @Test("claims are checked, and each verdict follows from its numbers")
  func verdicts() throws {
    let folder = try TemporaryFolder()
    let page = folder.path("claims.html")
    let process = try ExampleProcess(
      "check-claims", ["--claim", "c14,C8,C9", "--json", "--strict", "--report", page])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)\(process.output)")
    let json = try process.json()
    #expect(json["example"] as? String == "check-claims" && json["sizes"] as? String == "quick")
    #expect(json["kernel"] is String && json["threads"] is Int)
    let claims = try #require(json["claims"] as? [[String: Any]])
    #expect(claims.map { $0["id"] as? String } == ["C8", "C9", "C14"])
    for claim in claims {
      #expect(claim["claim"] is String && claim["ran"] is String && claim["source"] is String)
      #expect(claim["measured"] is Double && claim["bound"] is String && claim["seconds"] is Double)
      let figures = try #require(claim["figures"] as? [[String: Any]])
      var holds = true
      for figure in figures {
        let value = try #require(figure["measured"] as? Double)
        let isWithin =
          value >= figure["lower"] as? Double ?? -.infinity
          && value <= figure["upper"] as? Double ?? .infinity
        #expect(figure["holds"] as? Bool == isWithin)
        #expect(figure["lower"] is Double || figure["upper"] is Double)
        holds = holds && isWithin
      }
      #expect(claim["holds"] as? Bool == holds && holds)
    }
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    // A plot of each claim; every section is linked from the table.
    #expect(html.components(separatedBy: "<svg").count - 1 == 3)
    for name in ["C8", "C9", "C14"] {
      #expect(html.contains("href=\"#\(name)\"") && html.contains("id=\"\(name)\""))
    }
  }

  @Test("known exceptions are told, and do not fail a strict check")
  func knownException() throws {
    let process = try ExampleProcess("check-claims", ["--claim", "C13", "--strict"])
    #expect(process.status == 0 && process.errors.isEmpty, "\(process.errors)")
    #expect(process.output.contains("does NOT hold, as is known"))
    #expect(process.output.contains("0 of 1 claims hold"))
  }

  @Test("the same seed gives the same numbers, another one others")
  func seeds() throws {
    func measured(_ seed: Int) throws -> [Double] {
      let process = try ExampleProcess(
        "check-claims", ["--claim", "C9", "--json", "--seed", "\(seed)"])
      let claims = try #require(try process.json()["claims"] as? [[String: Any]])
      return try #require(claims[0]["figures"] as? [[String: Any]])
        .compactMap { $0["measured"] as? Double }
    }
    let first = try measured(3)
    #expect(try measured(3) == first)
    #expect(try measured(4) != first)
  }

  @Test("interrupted, it reports the claims that are checked")
  func interruption() throws {
    let folder = try TemporaryFolder()
    let page = folder.path("claims.md")
    let process = try ExampleProcess(
      "check-claims", ["--claim", "C2,C3,C15", "--report", page],
      interruptedOnce: { $0.contains("C2 the accuracy") })
    #expect(process.status == 130 && process.errors.isEmpty, "\(process.errors)")
    #expect(process.output.contains("1 of 1 claims hold"))
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("### C2: the accuracy") && !text.contains("### C3"))
  }

  @Test("claims are listed, and options that are wrong refused in one line")
  func options() throws {
    let list = try ExampleProcess("check-claims", ["--list"])
    #expect(list.status == 0 && list.output.contains("C1  every step halves the error"))
    let refusals: [([String], String)] = [
      (["--quick", "--full"], "leave one of them out"),
      (["--claim", "C99"], "names out of C1, C2"),
      (["--claim", "C1,C1"], "names out of C1, C2"),
      (["--list", "--json"], "leave --list or --json"),
      (["--report", "/nowhere/claims.html", "--claim", "C7"], "no folder"),
      (["--seed", "-1"], "--seed"),
    ]
    for (arguments, text) in refusals {
      let process = try ExampleProcess("check-claims", arguments)
      #expect(process.status == 2 && process.output.isEmpty, "\(arguments)")
      #expect(process.errorLines.count == 1 && process.errors.contains(text), "\(process.errors)")
    }
  }
}
