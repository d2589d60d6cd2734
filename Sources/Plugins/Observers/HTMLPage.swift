/// A page for a browser that stands alone, without scripts or references.
package struct HTMLPage: Sendable {
  let title: String
  /// The body, part after part, as markup; empty ones are left out.
  let parts: [String]

  /// Creates a page with a title, in plain text, and the parts of its body, as markup.
  package init(title: String, parts: [String]) {
    self.title = title
    self.parts = parts
  }

  /// The page.
  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(title.escapedForMarkup)</title>
    <style>
    body { font: 15px/1.45 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
    svg { width: 100%; height: auto; margin: 0.5rem 0; }
    pre { background: #f5f5f5; padding: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
    table { border-collapse: collapse; font-size: 13px; display: block; overflow-x: auto; }
    th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid #ddd; text-align: right; }
    .words { text-align: left; }
    </style>
    </head>
    <body>
    \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
    </body>
    </html>

    """
  }
}
