/// The name that `text` was probably meant to be: at most a third of its letters away from it.
///
/// - Complexity: O(names · length²).
func nearestName(to text: String, among names: [String]) -> String? {
  let scored = names.map { (name: $0, distance: editDistance(text, $0)) }
  guard let best = scored.min(by: { $0.distance < $1.distance }),
    best.distance <= max(1, best.name.count / 3)
  else { return nil }
  return best.name
}

/// The number of letters to insert, delete, replace or swap with a neighbour to turn one text into
/// another (optimal string alignment).
package func editDistance(_ left: String, _ right: String) -> Int {
  let (a, b) = (Array(left), Array(right))
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, beforeLast[j - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[b.count]
}
