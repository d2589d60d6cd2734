// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "OptimKit",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "OptimKit", targets: ["OptimKit"]),
    .library(name: "OptimKitModels", targets: ["OptimKitModels"]),
    .library(name: "OptimKitPlugins", targets: ["OptimKitPlugins"]),
    .library(name: "OptimKitTesting", targets: ["OptimKitTesting"]),
    .library(name: "OptimKitMemoryTesting", targets: ["OptimKitMemoryTesting"]),
    .library(name: "OptimKitMPI", targets: ["OptimKitMPI"]),
    .executable(name: "train-relu", targets: ["TrainReLU"]),
    .executable(name: "fit-erm", targets: ["FitERM"]),
    .executable(name: "compare-solvers", targets: ["CompareSolvers"]),
    .executable(name: "custom-plugin", targets: ["CustomPlugin"]),
    .executable(name: "poisson-pinn", targets: ["PoissonPINN"]),
    .executable(name: "fit-curve", targets: ["FitCurve"]),
    .executable(name: "tomography", targets: ["Tomography"]),
    .executable(name: "bundle-adjust", targets: ["BundleAdjust"]),
    .executable(name: "check-claims", targets: ["CheckClaims"]),
    .executable(name: "mpi-checks", targets: ["MPIChecks"]),
  ],
  traits: [
    .trait(
      name: "MPI", description: "Runs on several processes: OptimKitMPI, which needs Open MPI.")
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS",
      path: "Sources/COpenBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]
    ),
    .target(name: "CKernels"),
    .target(name: "CThreads"),
    .target(
      name: "OptimKit",
      dependencies: ["COpenBLAS", "CKernels", "CThreads"],
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]
    ),
    .target(
      name: "OptimKitModels", dependencies: ["OptimKit", "CKernels"], path: "Sources/Models"),
    .target(
      name: "OptimKitPlugins", dependencies: ["OptimKit", "CKernels"], path: "Sources/Plugins",
      exclude: ["MPI"]),
    // Empty without the trait MPI, so that nothing else needs or looks for it.
    .systemLibrary(
      name: "COpenMPI", path: "Sources/Plugins/MPI/COpenMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    .target(
      name: "CMPI",
      dependencies: [.target(name: "COpenMPI", condition: .when(traits: ["MPI"]))],
      path: "Sources/Plugins/MPI/CMPI",
      cSettings: [.define("OPTIMKIT_MPI", .when(traits: ["MPI"]))]),
    .target(
      name: "OptimKitMPI", dependencies: ["OptimKit", "CMPI"],
      path: "Sources/Plugins/MPI/OptimKitMPI",
      cSettings: [.define("OPTIMKIT_MPI", .when(traits: ["MPI"]))]),
    .target(
      name: "OptimKitTesting", dependencies: ["OptimKit", "OptimKitModels"], path: "Sources/Testing"
    ),
    // Apart from OptimKitTesting, because whoever links it gets an allocator that counts.
    .target(name: "CAllocations"),
    .target(
      name: "OptimKitMemoryTesting", dependencies: ["OptimKit", "OptimKitTesting", "CAllocations"],
      path: "Sources/MemoryTesting"),

    .target(
      name: "ExampleSupport",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins",
        .target(name: "OptimKitMPI", condition: .when(traits: ["MPI"])),
      ],
      path: "Examples/Support",
      resources: [.copy("Resources/digits.csv"), .copy("Resources/nist.json")]),
    .executableTarget(
      name: "TrainReLU",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitPlugins", "ExampleSupport"],
      path: "Examples/TrainReLU"
    ),
    .executableTarget(
      name: "FitERM",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitPlugins", "ExampleSupport"],
      path: "Examples/FitERM",
      resources: [.copy("Resources/breast-cancer.csv"), .copy("Resources/randhie.csv")]
    ),

    .executableTarget(
      name: "CompareSolvers",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting", "ExampleSupport",
      ],
      path: "Examples/CompareSolvers"
    ),
    .executableTarget(
      name: "CustomPlugin",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting", "ExampleSupport",
      ],
      path: "Examples/CustomPlugin"
    ),

    .executableTarget(
      name: "PoissonPINN",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitPlugins", "ExampleSupport"],
      path: "Examples/PoissonPINN"
    ),
    .executableTarget(
      name: "FitCurve",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitPlugins", "ExampleSupport"],
      path: "Examples/FitCurve"
    ),
    .executableTarget(
      name: "Tomography",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitPlugins", "ExampleSupport"],
      path: "Examples/Tomography"
    ),
    .executableTarget(
      name: "BundleAdjust",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitPlugins", "ExampleSupport"],
      path: "Examples/BundleAdjust"
    ),
    .executableTarget(
      name: "CheckClaims",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting", "ExampleSupport",
      ],
      path: "Examples/CheckClaims"
    ),

    // What scripts/test-mpi runs on several ranks; without the trait it refuses to.
    .executableTarget(
      name: "MPIChecks",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting",
        .target(name: "OptimKitMPI", condition: .when(traits: ["MPI"])),
      ],
      path: "Tests/MPIChecks"),

    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
    .testTarget(
      name: "OptimKitTests", dependencies: ["OptimKit", "OptimKitModels", "OptimKitTesting"]),
    .testTarget(
      name: "OptimKitModelsTests",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting"]
    ),
    .testTarget(
      name: "OptimKitPluginsTests",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting", "OptimKitMemoryTesting",
        "ExampleSupport",
      ]
    ),
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting", "OptimKitMemoryTesting",
      ]),
    .testTarget(
      name: "OptimKitMemoryTestingTests",
      dependencies: ["OptimKit", "OptimKitModels", "OptimKitTesting", "OptimKitMemoryTesting"]),
    .testTarget(
      name: "ExamplesTests",
      dependencies: [
        "OptimKit", "OptimKitModels", "OptimKitPlugins", "OptimKitTesting", "ExampleSupport",
        "TrainReLU", "FitERM", "CompareSolvers", "CustomPlugin", "PoissonPINN", "FitCurve",
        "Tomography", "BundleAdjust", "CheckClaims",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
