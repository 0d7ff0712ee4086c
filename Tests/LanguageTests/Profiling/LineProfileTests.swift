import Foundation
import Testing
import Text

@testable import Language

/// Counts are exact; times are not asserted, but they add up, and every call path that ran is there.
@Suite struct LineProfileTests {
    private static let program = """
        fn fib(n) {
            if n < 2 { return n }
            fib(n - 1) + fib(n - 2)
        }
        total = 0
        for i in range(5) {
            total += fib(i)
        }
        square = x => x * x
        ys = [square(y) for y in range(3)]
        try { fib("a") } catch TypeError e { ys.append(0) }
        n = 0
        while n < 4 { n += 1 }
        struct P { x: int = fib(3) }
        P()
        map(square, ys) |> list()
        total
        """

    /// Runs a program with the clock read at every statement.
    private func profile(_ text: String, fails: Bool = false) throws -> LineProfile {
        let profile = LineProfile(interval: 0)
        var configuration = Interpreter.Configuration()
        configuration.profile = profile
        configuration.output = { _ in }
        let interpreter = Interpreter(configuration: configuration)
        profile.begin()
        if fails {
            #expect(throws: Diagnostics.self) { try interpreter.run(Source(name: "p.eft", text: text)) }
        } else {
            try interpreter.run(Source(name: "p.eft", text: text))
        }
        profile.end()
        return profile
    }

    @Test func runsAreExact() throws {
        let runs = Dictionary(uniqueKeysWithValues: try profile(Self.program).lines.map { ($0.number, $0.runs) })
        // fib(0...4) is called 1, 1, 3, 5, 9 times in all; fib("a") once; fib(3) by the constructor.
        #expect(runs[1] == 25 && runs[2] == 25)
        // The last line of fib runs for n > 1: 0, 0, 1, 2, 4 times, and twice for fib(3).
        #expect(runs[3] == 9)
        #expect(runs[7] == 5 && runs[5] == 1)
        // The head of the loop is passed once more than its body.
        #expect(runs[6] == 6)
        #expect(runs[9] == 7, "three in the comprehension, four by map")
        #expect(runs[11] == 1 && runs[13] == 5 && runs[15] == 1)
        #expect(runs[4] == nil)
    }

    @Test func resultsDoNotDependOnIt() throws {
        var configuration = Interpreter.Configuration()
        configuration.profile = LineProfile()
        let text = Self.program
        let with = try Interpreter(configuration: configuration).run(Source(name: "p.eft", text: text))
        #expect(with.repr == "7")
        #expect(try Interpreter().run(Source(name: "p.eft", text: text)).repr == "7")
    }

    @Test func timeAddsUp() throws {
        let profile = try profile(Self.program)
        let lines = profile.lines
        #expect(lines.reduce(0) { $0 + $1.selfTime } <= profile.duration)
        #expect(lines.allSatisfy { 0 <= $0.selfTime && $0.selfTime <= $0.totalTime && $0.totalTime <= profile.duration })
        let inPaths = profile.paths.nodes.reduce(0) { $0 + $1.time }
        #expect(inPaths == profile.duration && profile.timeline.last?.end == profile.duration)
        #expect(zip(profile.timeline, profile.timeline.dropFirst()).allSatisfy { $0.end <= $1.end && $0.path != $1.path })
    }

    @Test func memoryGoesToTheStatementThatRuns() throws {
        let profile = LineProfile(interval: 0)
        var configuration = Interpreter.Configuration()
        configuration.profile = profile
        let take = Builtin("take", "(n: int) -> int", doc: "") { call in
            profile.began("reserve")
            profile.allocated(bytes: 10)
            profile.ended()
            profile.allocated(bytes: 1)
            return call[0]
        }
        configuration.builtins = [Namespace("test", [take])]
        profile.begin()
        try Interpreter(configuration: configuration).run(
            Source(name: "p.eft", text: "fn f(x) {\n    take(x)\n}\nfor i in range(3) {\n    f(i) + take(i)\n}\n"))
        profile.end()
        let lines = Dictionary(uniqueKeysWithValues: profile.lines.map { ($0.number, $0) })
        #expect(lines[2]?.selfBytes == 33 && lines[2]?.totalBytes == 33)
        #expect(lines[5]?.selfBytes == 33 && lines[5]?.totalBytes == 66)
        #expect(profile.paths.nodes.reduce(0) { $0 + $1.bytes } == 66)
        let operations = profile.paths.nodes.filter { $0.frame == .operation("reserve") }
        #expect(operations.count == 2 && operations.reduce(0) { $0 + $1.bytes } == 60)
    }

    @Test func deepRecursionIsCutNotRefused() throws {
        let profile = try profile("fn down(n) {\n    if n == 0 { return 0 }\n    1 + down(n - 1)\n}\ndown(5000)\n")
        #expect(profile.lines.first { $0.number == 3 }?.runs == 5000)
        #expect(profile.paths.nodes.allSatisfy { $0.depth <= LineProfile.deepest })
        let recursive = try #require(profile.lines.first { $0.number == 3 })
        #expect(recursive.totalTime <= profile.duration)
    }

    @Test func whatFailedIsProfiledUpToThere() throws {
        let profile = try profile("x = 1\nfn f() {\n    [][1]\n}\nf()\ny = 2\n", fails: true)
        let runs = Dictionary(uniqueKeysWithValues: profile.lines.map { ($0.number, $0.runs) })
        #expect(runs[3] == 1 && runs[5] == 1 && runs[6] == nil)
    }

    // MARK: speedscope

    /// The rules of https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts: events are balanced and do not go back in
    /// time, frames exist, samples have weights.
    static func check(_ text: String) throws -> (time: Int64, bytes: Int64, names: [String]) {
        let file = try JSONParser.parse(text)
        #expect(file["$schema"]?.stringValue == "https://www.speedscope.app/file-format-schema.json")
        let frames = try #require(file["shared"]?["frames"]?.arrayValue)
        for frame in frames {
            #expect(frame["name"]?.stringValue?.isEmpty == false)
            if let line = frame["line"] { #expect((line.intValue ?? 0) > 0 && frame["file"]?.stringValue != nil) }
        }
        var bytes: Int64 = 0, time: Int64 = 0
        for profile in try #require(file["profiles"]?.arrayValue) {
            let end = try #require(profile["endValue"]?.intValue), start = try #require(profile["startValue"]?.intValue)
            #expect(profile["name"]?.stringValue != nil && start == 0 && end >= start)
            if profile["type"]?.stringValue == "evented" {
                #expect(profile["unit"]?.stringValue == "nanoseconds")
                var open: [Int64] = [], last: Int64 = 0
                for event in try #require(profile["events"]?.arrayValue) {
                    let at = try #require(event["at"]?.intValue), frame = try #require(event["frame"]?.intValue)
                    #expect(at >= last && at <= end && frames.indices.contains(Int(frame)))
                    last = at
                    if event["type"]?.stringValue == "O" { open.append(frame) } else { #expect(open.popLast() == frame) }
                }
                #expect(open.isEmpty)
                time = end
            } else {
                #expect(profile["type"]?.stringValue == "sampled" && profile["unit"]?.stringValue == "bytes")
                let samples = try #require(profile["samples"]?.arrayValue), weights = try #require(profile["weights"]?.arrayValue)
                #expect(samples.count == weights.count)
                for sample in samples {
                    #expect(sample.arrayValue?.allSatisfy { frames.indices.contains(Int($0.intValue ?? -1)) } == true)
                }
                bytes = weights.reduce(0) { $0 + ($1.intValue ?? 0) }
                #expect(bytes == end)
            }
        }
        return (time, bytes, frames.compactMap { $0["name"]?.stringValue })
    }

    @Test func theFlameGraphFollowsTheFormat() throws {
        let profile = try profile(Self.program)
        profile.allocated(bytes: 7)
        profile.end()
        let found = try Self.check(profile.speedscope(name: "p \"q\".eft", exporter: "eft"))
        #expect(found.time == Int64(profile.duration) && found.bytes == 7)
        #expect(found.names.contains("fib (p.eft:3)") && found.names.contains("<module> (p.eft:7)"))
        #expect(found.names.contains("<lambda> (p.eft:9)") && found.names.contains("P (p.eft:14)"))
    }

    @Test func anEmptyProgramHasAnEmptyGraph() throws {
        let found = try Self.check(try profile("").speedscope(name: "", exporter: ""))
        #expect(found.bytes == 0)
    }
}
