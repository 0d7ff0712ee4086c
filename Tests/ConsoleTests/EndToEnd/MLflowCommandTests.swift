import Foundation
import TestSupport
import Testing

/// The program and MLflow servers.
@Suite struct MLflowCommandTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func eft(_ arguments: String..., environment: [String: String] = [:]) throws -> ChildProcess.Result {
        try ChildProcess.eft(arguments, folder: folder, environment: environment)
    }

    /// The library that makes requests is looked for by the first one; without it the error names the package.
    @Test func aMissingLibraryIsNamedWhenItIsNeeded() throws {
        let without = ["EFT_CURL_LIBRARY": "libnot-there.so"]
        #expect(try eft("-e", "1 + 1", environment: without).output == "2\n")
        let manager = "ExperimentsManager(\"m\", \"p\", [MetricsAccumulator(\"m\")], tracking_uri = \"http://127.0.0.1:1\")"
        let result = try eft("-e", manager, environment: without)
        #expect(result.status == 1 && result.errors.contains("error[IOError]"))
        #expect(result.errors.contains("libnot-there.so: cannot open shared object file"))
        #expect(result.errors.contains("apt-get install libcurl4"))
        #expect(try eft("-e", manager, environment: ["EFT_CURL_LIBRARY": "libm.so.6"]).errors.contains("it has no curl_global_init"))
        // Nothing that the program is linked against brings it in.
        let linked = try ChildProcess.shell("ldd \"$(readlink -f \"$(command -v eft)\")\"", folder: folder)
        #expect(linked.output.contains("libc.so.6") && !linked.output.contains("curl"))
    }
}
