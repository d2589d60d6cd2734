import Foundation
import OptimKit
import OptimKitTesting
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
  static func makeCheckpoint(steps: Int = 3, from start: [Double] = [1, -0.5]) throws -> Checkpoint
  {
    let run = try Run(
      minimizing: Parabola(parameterCount: start.count), from: start, using: GradientDescent(),
      until: [.iterations(steps)], seed: .max)
    while try run.advance() != nil {}
    return run.makeCheckpoint()
  }

  private func kind(of data: Data) -> OptimKitError.Kind? {
    errorKind { try Checkpoint(data) }
  }

  @Test("hold a run as bytes")
  func roundTrip() throws {
    let checkpoint = try Self.makeCheckpoint()
    let copy = try Checkpoint(checkpoint.serialized())
    #expect(copy.run == checkpoint.run && copy.run.seed == .max)
    #expect(copy.history == checkpoint.history && copy.iteration == 3)
    #expect(copy.counts == checkpoint.counts && copy.phases == checkpoint.phases)
    #expect(copy.environment == checkpoint.environment)
    #expect(copy.elapsedSeconds == checkpoint.elapsedSeconds)
    #expect(try copy.serialized() == checkpoint.serialized())
  }

  @Test("go on to the same bits, with the whole history, and the best point of the first part")
  func resumption() throws {
    let whole = try minimize(
      Parabola(parameterCount: 2), from: [1, -0.5], using: GradientDescent(rate: 0.3),
      until: [.iterations(6)])
    let run = try Run(
      minimizing: Parabola(parameterCount: 2), from: [1, -0.5], using: GradientDescent(rate: 0.3),
      until: [.iterations(2)])
    while try run.advance() != nil {}
    let result = try minimize(
      Parabola(parameterCount: 2), resuming: run.makeCheckpoint(),
      using: GradientDescent(rate: 0.3), until: [.iterations(6)])
    #expect(result.parameters == whole.parameters)
    #expect(result.summary.history.map(\.loss) == whole.summary.history.map(\.loss))
    #expect(result.summary.resumedAt == 2)
    let seconds = result.summary.history.map(\.elapsedSeconds)
    #expect(seconds == seconds.sorted())

    let rising = try Run(
      minimizing: Parabola(), from: [1], using: GradientDescent(rate: 3), until: [.iterations(2)])
    while try rising.advance() != nil {}
    let more = try minimize(
      Parabola(), resuming: Checkpoint(rising.makeCheckpoint().serialized()),
      using: GradientDescent(rate: 3), until: [.iterations(3)])
    #expect(more.best.parameters == [1] && more.best.iteration == 0)
  }

  @Test("are refused for another optimizer, model, scalar type or other data")
  func mismatches() throws {
    let checkpoint = try Self.makeCheckpoint()
    func resume(_ objective: Parabola, _ optimizer: GradientDescent) -> OptimKitError? {
      #expect(throws: OptimKitError.self) {
        try minimize(objective, resuming: checkpoint, using: optimizer)
      }
    }
    let optimizer = resume(Parabola(parameterCount: 2), GradientDescent(rate: 0.4))
    #expect(optimizer?.kind == .invalidArgument)
    #expect(resume(Parabola(parameterCount: 3), GradientDescent())?.kind == .dimensionMismatch)
    let data = resume(Parabola(parameterCount: 2, radius: 1e-3), GradientDescent())
    #expect(data?.cause.contains("the loss at the checkpoint's parameters") == true)
  }

  @Test("are refused where a byte is wrong or missing")
  func damage() throws {
    let data = try Self.makeCheckpoint().serialized()
    for index in data.indices {
      var damaged = data
      damaged[index] ^= 1 << UInt8(index % 8)
      #expect(kind(of: damaged) == .unreadableFile, "byte \(index)")
      #expect(kind(of: data.prefix(index)) == .unreadableFile, "\(index) bytes")
    }
    #expect(kind(of: data + [0]) == .unreadableFile)
  }

  @Test("say what is wrong")
  func messages() throws {
    func cause(_ data: Data) -> String {
      do {
        _ = try Checkpoint(data, name: "a.checkpoint")
        return ""
      } catch {
        return (error as? OptimKitError)?.cause ?? "\(error)"
      }
    }
    let data = try Self.makeCheckpoint().serialized()
    #expect(cause(Data("PK\u{3}\u{4} another format".utf8)).contains("is not a checkpoint"))
    #expect(cause(Data()) == "a.checkpoint is empty")
    #expect(cause(data.dropLast()).contains("is truncated: \(data.count - 1) of \(data.count)"))
    var newer = data
    newer[8] = 2
    #expect(cause(newer).contains("version 2"))
    var damaged = data
    damaged[data.count / 2] ^= 0x40
    #expect(cause(damaged).contains("checksum"))
  }

  @Test("never trap, whatever the bytes behind a right checksum say")
  func headers() throws {
    let data = [UInt8](try Self.makeCheckpoint().serialized())
    var stream = RandomKey(seed: 1, purpose: "damaged checkpoints").stream()
    var accepted = 0
    for _ in 0..<1500 {
      var bytes = Array(data.dropLast(4))
      for _ in 0..<Int.random(in: 1...4, using: &stream) {
        bytes[Int.random(in: 20..<bytes.count, using: &stream)] = UInt8.random(
          in: 32...126, using: &stream)
      }
      let checksum = Self.checksum(bytes)
      for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: checksum >> shift)) }
      do {
        let checkpoint = try Checkpoint(Data(bytes))
        accepted += 1
        _ = try minimize(
          Parabola(parameterCount: 2), resuming: checkpoint, using: GradientDescent(),
          until: [.iterations(4)])
      } catch {
        #expect(error is OptimKitError, "\(error)")
      }
    }
    #expect(accepted > 20)
    #expect(Self.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
  }

  /// CRC-32, bit by bit.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
        (value >> 1) ^ (value & 1 == 1 ? 0xEDB8_8320 : 0)
      }
    }
  }
}
