import Foundation
import Testing

@testable import Clickstream

/// Whatever stands in a file, a reader gives records or a typed error.
@Suite struct BrokenFilesTests {
    private static let seeds: [(name: String, text: String)] = [
        (
            "sessions.jsonl",
            "{\"query\": \"é\\ud83d\\ude00\", \"results\": [\"a\", 2], \"events\": [], \"ranks\": {\"a\": 1e5, \"2\": null}}\n[1, -0.5e3, true]\n"
        ),
        ("items.csv", "id,title,text\r\n1,\"Shoes, \"\"red\"\"\",x\r\n2,\"line\nbreak\",é\r\n"),
        ("items.tsv", "id\ttext\n1\t\"quoted\"\"\"\n2\tplain\n"),
        ("qrels.tsv", "q1\ta\t1\nq2\tb\t0\n\nq3 0 c 2\n"),
        (
            "sessions.json",
            "[\n {\"query\": \"é ]}\\\"\", \"results\": [\"a\", 2], \"events\": [\"a\"]},\n {\"session_id\": 1, \"query\": \"b\", \"item_id\": 3, \"clicked\": 1}\n]\n"
        ),
    ]

    @Test(arguments: seeds.indices)
    func mutations(of index: Int) throws {
        let (name, text) = Self.seeds[index]
        let original = Array(text.utf8)
        var random = SeededRandom(seed: UInt64(index) + 1)
        let odd: [UInt8] = [0x00, 0x0A, 0x0D, 0x22, 0x5C, 0x2C, 0x09, 0x7B, 0x5D, 0x80, 0xC3, 0xEF, 0xF0, 0xFF]
        var outcomes: (read: Int, refused: Int) = (0, 0)
        for _ in 0..<400 {
            var bytes = original
            for _ in 0...random.below(4) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = odd[random.below(odd.count)]
                case 1: bytes.insert(odd[random.below(odd.count)], at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(3)))
                default: bytes.removeLast(random.below(bytes.count))
                }
            }
            let file = try TemporaryFile(bytes: bytes, name: name)
            do {
                switch name {
                case "sessions.jsonl", "sessions.json": _ = try SessionsReader().load(file.path)
                case "qrels.tsv": _ = try Qrels.load(file.path)
                default: _ = try Warnings.received(by: { _ in }) { try ItemsReader().load(.path(file.path)) }
                }
                outcomes.read += 1
            } catch let error as DataError {
                #expect(error.file == file.path && !error.problem.isEmpty)
                outcomes.refused += 1
            }
        }
        #expect(outcomes.refused > 50)
    }
}
