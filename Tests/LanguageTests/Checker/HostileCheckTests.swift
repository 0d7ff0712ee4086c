import Testing

@testable import Language

/// Sources made to break the checker by size or depth.
@Suite struct HostileCheckTests {
    @Test(arguments: [
        ("(", "1", ")"), ("[", "1", "]"), ("{1: ", "1", "}"), ("-", "1", ""), ("not ", "true", ""), ("if true { ", "1", " }"),
        ("f(", "1", ")"), ("x => ", "1", ""), ("1 if true else ", "1", ""), ("fn f() { ", "1", " }"), ("while false { ", "1", " }"),
        ("for i in [1] { ", "1", " }"), ("", "x", ".y"), ("", "x", "()"), ("", "x", "[0]"), ("", "x", ".f(1)"), ("", "1", " + 1"),
        ("", "1", " |> str()"), ("", "if false { }", " else if false { }"), ("", "1", " if true else 2"), ("", "1", " < 1"),
        ("a = ", "1", ""), ("try { ", "1", " } catch e { }"), ("f'{", "1", "}'"), ("a, ", "b", ""), ("[x for x in ", "[1]", "]"),
    ])
    func deep(_ start: String, _ middle: String, _ end: String) {
        for count in [90, 100_000] {
            let text = String(repeating: start, count: count) + middle + String(repeating: end, count: count)
            _ = Interpreter().check(Source(name: "deep", text: "x = 1\nfn f(a) { a }\n" + text))
        }
    }

    @Test func large() {
        let large = Source(name: "large", bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 50_000_000))
        #expect(!Interpreter().check(large).diagnostics.isEmpty)
    }

    /// Types that grow with every line, loops in loops, functions that call each other in circles.
    @Test func growing() {
        let nested = "x = 1\n" + String(repeating: "x = [x]\n", count: 20_000) + "print(x)"
        let pairs = "x = 1\n" + String(repeating: "x = (x, x)\n", count: 20_000) + "print(x)"
        let union = "x = 1\nfn f() { true }\n" + (0..<200).map { "if f() { x = [x, \($0)] }\n" }.joined() + "print(x)"
        let loops = String(repeating: "while f() { x = [x]; y = x\n", count: 40) + "z = y" + String(repeating: "}\n", count: 40)
        let calls = (0..<2_000).map { "fn f\($0)(x) { f\(($0 + 1) % 2_000)(x) + f\(($0 + 7) % 2_000)([x]) }\n" }.joined() + "f0(1)"
        let chain = (0..<5_000).map { "fn f\($0)() { f\($0 + 1)() }\n" }.joined() + "fn f5000() { 1 }\nprint(f0())"
        for text in [nested, pairs, union, "x = 1\ny = 1\nfn f() { false }\n" + loops + "print(z)", calls, chain] {
            #expect(Interpreter().check(Source(name: "growing", text: text)).diagnostics.filter { $0.severity == .error }.isEmpty)
        }
    }
}
