// swift-tools-version: 6.1
import PackageDescription

// The kernels are the product's inner loops: optimised in debug builds too, so that the
// tests run the same machine code as a release. Products and sums are fused where an expression of the source has both, not where
// a later stage finds them (`fast`): the vectorised form of a loop and its plain one then round alike, whichever the addresses choose.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=on"])]

/// A Swift target and its tests; the order below is the order of who may import whom.
func module(_ name: String, _ dependencies: [Target.Dependency], tests: Bool = true, testing: [Target.Dependency] = []) -> [Target] {
    let target = Target.target(name: name, dependencies: dependencies)
    guard tests else { return [target] }
    return [
        target,
        .testTarget(
            name: name + "Tests", dependencies: [.target(name: name), "TestSupport"] + testing,
            path: "Tests/\(name)Tests",
            exclude: name == "Language"
                ? ["golden", "programs"] : name == "Bindings" ? ["Checker/check.cases", "Tensors/errors.cases"] : []),
    ]
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "eft",
    products: [.executable(name: "eft", targets: ["eft"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CImageFiles", linkerSettings: [.linkedLibrary("dl")]),
        .systemLibrary(name: "CLibEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .target(name: "CKernels", cSettings: kernelFlags, linkerSettings: [.linkedLibrary("m")]),
        // The Swift runtime's counting of references, for the language's values.
        .target(name: "CCounting"),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .executableTarget(
            name: "eft",
            dependencies: [
                "Console", "Bindings", "Charts", "Language", "Experiments", "FineTuning", "Clickstream", "Models", "Tensors", "Text",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ]
        // What the prompt's statement under way shares with everything below it: what it changed, and whether it is to end.
        + module("Statement", [])
        // Text imports nothing of ours: JSON, spelling suggestions, widths of text. Language takes the last two from it.
        + module("Text", [])
        + module("Charts", ["Text"])
        + module("Tensors", ["CKernels", "COpenBLAS", "Statement"])
        // What an item is, a text or an image, and image files: what Models and Clickstream share, neither of which imports the other.
        + module("Images", ["CImageFiles", "Text"])
        + module("Models", ["Images", "Statement", "Tensors", "Text"])
        + module("Clickstream", ["Images", "Statement", "Text", grdb])
        + module("FineTuning", ["Clickstream", "Images", "Models", "Statement", "Tensors", "Text"])
        + module("Experiments", ["CCurl", "FineTuning", "Statement", "Text", grdb])
        + module("Language", ["CCounting", "Statement", "Text"])
        + module(
            "Bindings",
            ["Charts", "Language", "Experiments", "FineTuning", "Clickstream", "Images", "Models", "Statement", "Tensors", "Text"])
        + module("Console", ["CLibEdit", "Bindings", "Charts", "Language", "Statement", "Text"], testing: ["eft"]),
    swiftLanguageModes: [.v6]
)
