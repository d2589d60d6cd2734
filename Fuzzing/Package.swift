// swift-tools-version: 6.2

import PackageDescription

// Built with sanitizers by scripts/fuzz and scripts/sanitize-threads; nothing of the library depends on it.
let package = Package(
  name: "Fuzzing",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "OptimKit", path: "../")],
  targets: [
    .target(
      name: "FuzzSupport", dependencies: [.product(name: "OptimKit", package: "OptimKit")]),
    fuzzTarget("FuzzNumPy"),
    fuzzTarget("FuzzCSV"),
    fuzzTarget("FuzzLIBSVM"),
    fuzzTarget("FuzzCheckpoint"),
    .target(name: "CVisibleMutex"),
    .executableTarget(
      name: "ConcurrentRuns",
      dependencies: [
        "CVisibleMutex",
        .product(name: "OptimKit", package: "OptimKit"),
        .product(name: "OptimKitModels", package: "OptimKit"),
        .product(name: "OptimKitPlugins", package: "OptimKit"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

/// An executable without a main function: libFuzzer brings its own.
func fuzzTarget(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["FuzzSupport", .product(name: "OptimKit", package: "OptimKit")],
    swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}
