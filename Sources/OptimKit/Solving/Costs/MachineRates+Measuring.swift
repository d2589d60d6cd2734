extension MachineRates {
  /// The rates of this machine, measured with the threads in use: the best of a few runs of a matrix
  /// product, a Cholesky factorization, additions in cache and through memory, and a bit Gram.
  ///
  /// - Complexity: About 50 ms of time.
  public static func measured() -> Self {
    var rates = reference
    rates.matrixOperations = measureMatrixProduct()
    rates.halfRateOrder = measureHalfRateOrder(matrixOperations: rates.matrixOperations)
    // 64 KB a thread stay in cache; 64 MB do not.
    rates.vectorOperations = 2 * measureAdditions(length: 1 << 12, repeats: 500)
    rates.streamedBytes =
      24 * measureAdditions(length: (1 << 22) / ThreadPool.threadCount, repeats: 1)
    rates.bitOperations = measureBitGram()
    rates.scalarOperations *= rates.vectorOperations / reference.vectorOperations
    return rates
  }

  /// What `measured()` returned when it was first asked for.
  public static let measuredOnce = measured()

  /// The shortest time of a few runs, after one that is not timed: interruptions only ever add.
  private static func shortestSeconds(runs: Int = 4, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    body()
    return (0..<runs).map { _ in clock.measure(body).inSeconds }.min() ?? 0
  }

  private static func measureMatrixProduct() -> Double {
    let order = 512
    let matrix = Double.zeros(order * order)
    var product = matrix
    let seconds = shortestSeconds {
      var span = product.mutableSpan
      Double.multiply(
        matrix.span, .plain, matrix.span, .transposed, rows: order, inner: order, columns: order,
        into: &span)
    }
    return 2 * Double(order * order * order) / seconds
  }

  private static func measureHalfRateOrder(matrixOperations: Double) -> Double {
    let order = 768
    let seconds = shortestSeconds {
      _ = try? CholeskyFactorization(Matrix<Double>.identity(order))
    }
    let atFullRate = Double(order * order * order) / 3 / matrixOperations
    return max(0, Double(order) * (seconds / atFullRate - 1))
  }

  /// Elements a second of y ← y + αx, on all threads side by side.
  private static func measureAdditions(length: Int, repeats: Int) -> Double {
    let threads = ThreadPool.threadCount
    let pieces = (0..<threads).map { _ in
      Shared((AlignedBuffer<Double>(count: length), AlignedBuffer<Double>(count: length)))
    }
    let seconds = shortestSeconds {
      ThreadPool.forEach(threads) { piece in
        let (x, y) = pieces[piece].pointer
        let source = UnsafeBufferPointer(x.memory).span
        var target = y.memory.mutableSpan
        for _ in 0..<repeats { Double.add(1, source, to: &target) }
      }
    }
    return Double(threads * length * repeats) / seconds
  }

  private static func measureBitGram() -> Double {
    let samples = 256
    let wordsPerSample = 512
    let words = [UInt64](repeating: 0x5555_5555_5555_5555, count: samples * wordsPerSample)
    let inner = Double.zeros(samples * samples)
    var gram = inner
    let rowsPerPiece = 16
    let seconds = shortestSeconds {
      gram.withUnsafeMutableBufferPointer { gram in
        let target = Shared(gram.baseAddress)
        ThreadPool.forEach(samples / rowsPerPiece) { piece in
          Double.routines.kernels.bitGram(
            words, samples, wordsPerSample, nil, inner, 1, piece * rowsPerPiece,
            (piece + 1) * rowsPerPiece, target.pointer, samples, 1)
        }
      }
    }
    return Double(samples * samples / 2 * wordsPerSample * 64) / seconds
  }
}
