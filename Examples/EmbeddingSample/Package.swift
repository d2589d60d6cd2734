// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "EmbeddingSample",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "SensorCalibration", targets: ["SensorCalibration"]),
    .executable(name: "calibrate", targets: ["Calibrate"]),
  ],
  // Elsewhere: .package(url: "https://…/OptimKit.git", from: "1.0.0")
  dependencies: [.package(name: "OptimKit", path: "../..")],
  targets: [
    .target(
      name: "SensorCalibration",
      dependencies: [
        .product(name: "OptimKit", package: "OptimKit"),
        .product(name: "OptimKitModels", package: "OptimKit"),
        .product(name: "OptimKitPlugins", package: "OptimKit"),
      ]
    ),
    .executableTarget(
      name: "Calibrate",
      dependencies: ["SensorCalibration", .product(name: "OptimKit", package: "OptimKit")]
    ),
    .testTarget(
      name: "SensorCalibrationTests",
      dependencies: [
        "SensorCalibration",
        .product(name: "OptimKit", package: "OptimKit"),
        .product(name: "OptimKitTesting", package: "OptimKit"),
      ]
    ),
  ],
  swiftLanguageModes: [.v6]
)
