// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "OptimKitBenchmarks",
  platforms: [.macOS(.v26)],
  products: [.executable(name: "optimkit-bench", targets: ["OptimKitBench"])],
  dependencies: [.package(name: "OptimKit", path: "..")],
  targets: [
    .target(name: "CBenchmarkLAPACK", linkerSettings: [.linkedLibrary("openblas")]),
    .executableTarget(
      name: "OptimKitBench",
      dependencies: [
        "CBenchmarkLAPACK",
        .product(name: "OptimKit", package: "OptimKit"),
        .product(name: "OptimKitModels", package: "OptimKit"),
        .product(name: "OptimKitPlugins", package: "OptimKit"),
        .product(name: "OptimKitTesting", package: "OptimKit"),
      ]
    ),
  ],
  swiftLanguageModes: [.v6]
)
