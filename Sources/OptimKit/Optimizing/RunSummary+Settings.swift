extension RunSummary {
  /// Settings of a run, those that are known to it.
  static func settings(
    of run: RunDescription, history: [IterationRecord], environment: ComputeEnvironment
  ) -> [RunSetting] {
    let used = usedSettings(history, environment)
    return RunSetting.Name.allCases.compactMap { name in
      let given = run.settings[name]
      guard given != nil || used[name] != nil else { return nil }
      return RunSetting(name: name, given: given, used: used[name] ?? given)
    }
  }

  private static func usedSettings(
    _ history: [IterationRecord], _ environment: ComputeEnvironment
  ) -> [RunSetting.Name: String] {
    let steps = history.compactMap(\.step)
    let preparations = steps.compactMap(\.preparation)
    var used: [RunSetting.Name: String] = [.threads: "\(environment.threads)"]
    used[.solver] = tally(preparations.compactMap { $0.selection?.chosen.name })
    used[.factorization] = tally(preparations.compactMap(\.factorization))
    used[.sketchRows] = span(preparations.compactMap { $0.sketchSize.map(Double.init) })
    used[.innerTolerance] = span(steps.compactMap(\.innerTolerance))
    let kept = preparations.count { $0.decision?.hasPrefix("kept") ?? false }
    let made = preparations.count { $0.decision?.hasPrefix("fresh") ?? false }
    if kept + made > 0 { used[.preconditioner] = "\(made) made, kept in \(kept) steps" }
    let lengths = steps.map(\.stepLength)
    if let range = span(lengths) {
      let shortened = lengths.count { $0 < 1 }
      used[.stepLength] =
        shortened == 0 ? range : "\(range), below 1 in \(shortened) of \(lengths.count) steps"
    }
    return used
  }

  /// "CG in 3 steps, QR in 2"; nil for nothing.
  private static func tally(_ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) in \($0.value) steps" }.joined(separator: ", ")
  }

  /// "0.1" or "1e-6 to 0.1"; nil for nothing.
  private static func span(_ values: [Double]) -> String? {
    guard let least = values.min(), let most = values.max() else { return nil }
    let ends = [least, most].map(StopReason.format)
    return ends[0] == ends[1] ? ends[0] : "\(ends[0]) to \(ends[1])"
  }

  /// The settings as lines of a table.
  var settingLines: [String] {
    let rows = settings.map { [$0.name.rawValue, $0.given ?? "", $0.used ?? ""] }
    let table = [["settings", "given", "used"]] + rows
    let widths = (0..<2).map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.enumerated().map { number, row in
      let cells = (0..<2).map { column in
        let room = max(0, (number == 0 && column == 0 ? 2 : 0) + widths[column] - row[column].count)
        return row[column] + String(repeating: " ", count: room)
      }
      return (number == 0 ? "  " : "    ") + (cells + [row[2]]).joined(separator: "  ")
    }
  }
}
