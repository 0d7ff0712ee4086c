import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("eft-bindings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// `shop/tour.eft`: loading, looking, training by hand and by the library, stepping back, evaluating and searching.
@Suite struct TourTests {
    @Test func wholeJob() throws {
        let folder = try TemporaryFolder()
        let run = ScriptRun(try String(decoding: Fixtures.data("shop/tour.eft"), as: UTF8.self), name: "tour.eft") { configuration in
            configuration.parameters = [
                "folder": Fixtures.url("shop").path, "encoder": Fixtures.url("tiny_bert").path, "out": folder.path,
            ]
        }
        #expect(run.rendering == nil)
        #expect(run.output.contains("0: 0."))
        #expect(
            FileManager.default.fileExists(atPath: folder.path + "/model/modules.json")
                || FileManager.default.fileExists(atPath: folder.path + "/model/config.json"))
    }
}
