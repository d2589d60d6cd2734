import OptimKit

/// Integrals along all rays, and their adjoint, on several threads.
struct RayTransform: Sendable {
  let geometry: RayGeometry

  init(_ geometry: RayGeometry) { self.geometry = geometry }

  /// Rays are cut into so many pieces, however many threads there are, so that sums are the same bits.
  private static let pieceCount = 32

  /// result[i] ← `map`(i, ∫ of the image along ray i).
  func integrate(
    _ image: Span<Double>, into result: inout MutableSpan<Double>,
    _ map: @Sendable (Int, Double) -> Double
  ) {
    let geometry = geometry
    image.withUnsafeBufferPointer { image in
      result.withUnsafeMutableBufferPointer { result in
        let (image, result) = (Shared(image), Shared(result))
        forEachPiece { _, rays in
          for ray in rays {
            var sum = 0.0
            geometry.forEachPixel(of: ray) { sum += $1 * image.pointer[$0] }
            result.pointer[ray] = map(ray, sum)
          }
        }
      }
    }
  }

  /// image ← Σᵢ `map`(i, uᵢ) times the lengths of ray i in the pixels.
  func project(
    _ u: Span<Double>, into image: inout MutableSpan<Double>,
    _ map: @Sendable (Int, Double) -> Double
  ) {
    let geometry = geometry
    var parts = Double.zeros(Self.pieceCount * geometry.pixelCount)
    u.withUnsafeBufferPointer { u in
      parts.withUnsafeMutableBufferPointer { parts in
        let (u, parts) = (Shared(u), Shared(parts))
        forEachPiece { number, rays in
          let part = parts.pointer.baseAddress! + number * geometry.pixelCount
          for ray in rays {
            let value = map(ray, u.pointer[ray])
            geometry.forEachPixel(of: ray) { part[$0] += $1 * value }
          }
        }
      }
    }
    Double.fill(&image, with: 0)
    for number in 0..<Self.pieceCount {
      let part = parts.span.extracting(
        number * geometry.pixelCount..<(number + 1) * geometry.pixelCount)
      Double.add(1, part, to: &image)
    }
  }

  private func forEachPiece(_ body: @Sendable (Int, Range<Int>) -> Void) {
    ThreadPool.forEach(Self.pieceCount) { number in
      body(number, ThreadPool.piece(number, of: Self.pieceCount, in: 0..<geometry.rayCount))
    }
  }
}
