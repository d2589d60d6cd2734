import ExampleSupport
import OptimKit
import OptimKitPlugins

extension ClaimReport {
  /// One object, with those of the claims as `claims`.
  package var json: JSONValue {
    let environment = ComputeEnvironment.current
    return [
      "example": "check-claims",
      "sizes": .string(isFull ? "full" : "quick"),
      "seed": .integer(Int(seed)),
      "kernel": .string(environment.kernel),
      "threads": .integer(environment.threads),
      "environment": .string(environment.description),
      "status": .string(Interruption.token.isCancelled ? RunStatus.cancelled.rawValue : "checked"),
      "holding": .integer(verdicts(.holds).count),
      "claims": .array(verdicts.map(\.json)),
    ]
  }
}

extension Verdict {
  /// One object of `claims`. `measured` and `bound` are those of the figure that decides.
  fileprivate var json: JSONValue {
    [
      "id": .string(claim.id),
      "title": .string(claim.title),
      "claim": .string(claim.statement),
      "source": .string(claim.source),
      "ran": .optional(finding?.ran),
      "quantity": .optional(decisive?.quantity),
      "measured": .optional(decisive?.value),
      "bound": .optional(decisive?.bound.description),
      "holds": .boolean(holds),
      "outcome": .string(outcome.rawValue),
      "reason": .optional(failure),
      "figures": .array(figures.map(\.json)),
      "plots": .array((finding?.plots ?? []).map(\.json)),
      "remarks": .array((finding?.remarks ?? []).map { .string($0) }),
      "seconds": .number(seconds),
    ]
  }
}

extension Plot {
  /// One object of `plots`: the numbers that are drawn.
  fileprivate var json: JSONValue {
    [
      "title": .string(title),
      "horizontal": .string(horizontalName),
      "series": .array(
        series.map { series in
          [
            "name": .string(series.name),
            "points": .array(series.points.map { .array([.number($0.x), .number($0.y)]) }),
          ]
        }),
    ]
  }
}

extension Figure {
  /// One object of `figures`; a number that is not finite is null, and `text` tells which.
  fileprivate var json: JSONValue {
    [
      "quantity": .string(quantity),
      "measured": .number(value),
      "text": .string(value.significant(6)),
      "bound": .string(bound.description),
      "lower": .optional(bound.lower),
      "upper": .optional(bound.upper),
      "holds": .boolean(holds),
      "basis": .string(basis.rawValue),
      "exception": .optional(exception),
    ]
  }
}
