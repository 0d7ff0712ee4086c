import Testing

@testable import Language

/// Resolves programs and shows each read or bound name as `name:place`, in source order.
@Suite struct ResolverTests {
    private func resolve(_ text: String, globals: Set<String> = []) -> (program: Program, resolution: Resolution, errors: [String]) {
        let (program, errors) = Parser.parse(Source(name: "test", text: text))
        #expect(errors.isEmpty)
        let (resolution, problems) = Resolver.resolve(program, natives: ["print", "len", "no_grad"], globals: globals)
        return (program, resolution, problems.map(\.message))
    }

    /// `x:L0` a register, `C0` a captured value, `G` a global, `N` a native, `S` the function itself; `?` if it may have no value yet.
    private func places(_ text: String, globals: Set<String> = []) -> String {
        let (program, resolution, errors) = resolve(text, globals: globals)
        #expect(errors == [])
        return names(of: program).map { name in
            let place =
                switch resolution.bindings[name.id] {
                case .local(let register): "L\(register)"
                case .captured(let index): "C\(index)"
                case .global: "G"
                case .native: "N"
                case .selfReference: "S"
                case .unresolved: "-"
                }
            return "\(name.text):\(place)" + (resolution.mayBeUnset[name.id] ? "?" : "")
        }.joined(separator: " ")
    }

    /// The names of a program in source order, found through its text: every identifier whose node has an id.
    private func names(of program: Program) -> [Name] {
        var collector = NameCollector()
        collector.collect(program)
        return collector.names.sorted { $0.span.start < $1.span.start }
    }

    @Test(arguments: [
        ("x = 1; print(x)", "x:G print:N x:G"),
        ("fn f(a, b = a) { c = a; c }", "f:G a:L0 b:L1 a:L0 c:L2 a:L0 c:L2"),
        ("fn f() { if true { y = 1 }; y }", "f:G y:L0 y:L0?"),
        ("fn f(c) { if c { y = 1 } else { y = 2 }; y }", "f:G c:L0 c:L0 y:L1 y:L1 y:L1"),
        ("fn f(c) { if c { return 1 } else { y = 2 }; y }", "f:G c:L0 c:L0 y:L1 y:L1"),
        ("fn f(xs) { for x in xs { y = x }; y; x }", "f:G xs:L0 x:L1 xs:L0 y:L2 x:L1 y:L2? x:L1?"),
        ("fn f() { while true { y = 1; if y > 0 { break } }; y }", "f:G y:L0 y:L0 y:L0"),
        ("fn f() { while true { if len { break }; y = 1 }; y }", "f:G len:N y:L0 y:L0?"),
        ("fn f() { while true { y = 1 }; y }", "f:G y:L0 y:L0"),
        ("fn f() { try { y = 1 } catch e { y = 2; e }; y }", "f:G y:L0 e:L1 y:L0 e:L1 y:L0"),
        ("fn f() { try { y = 1 } catch e { }; y }", "f:G y:L0 e:L1 y:L0?"),
        ("fn f() { try { y = 1 } finally { z = y }; z }", "f:G y:L0 z:L1 y:L0? z:L1"),
        ("fn f() { print(y); y = 1 }", "f:G print:N y:L0? y:L0"),
        ("fn f(a) { a and (if a { b = 1 } else { b = 2 }); b }", "f:G a:L0 a:L0 a:L0 b:L1 b:L1 b:L1?"),
        ("fn f() { n = 0; n += 1; n }", "f:G n:L0 n:L0 n:L0"),
        ("fn f() { n += 1 }", "f:G n:L0?"),
        ("fn f() { (a, *b) = g(); a }\nfn g() { }", "f:G a:L0 b:L1 g:G a:L0 g:G"),
        ("fn f(x) { x.y = 1; x[0] = 2 }", "f:G x:L0 x:L0 x:L0"),
    ])
    func functions(_ text: String, _ expected: String) { #expect(places(text) == expected) }

    @Test(arguments: [
        ("fn f(a) { x => x + a }", "f:G a:L0 x:L0 x:L0 a:C0"),
        ("fn f(a) { x => y => a + x + y }", "f:G a:L0 x:L0 y:L0 a:C0 x:C1 y:L0"),
        ("fn f() { g = () => b; b = 1; g }", "f:G g:L0 b:C0? b:L1 g:L0"),
        ("fn f() { fn g(n) { g(n - 1) }; g }", "f:G g:L0 n:L0 g:S n:L0 g:L0"),
        ("fn f() { fn g() { () => g() }; g }", "f:G g:L0 g:C0 g:L0"),
        ("fn f() { g = n => g(n - 1); g }", "f:G g:L0 n:L0 g:S n:L0 g:L0"),
        ("fn f(g) { g = n => g(n - 1); g }", "f:G g:L0 g:L0 n:L0 g:C0 n:L0 g:L0"),
        ("fn f() { f() }", "f:G f:G"),
        ("f = x => f(x)", "f:G x:L0 f:G x:L0"),
        ("fn f(a) { no_grad { b = a; b } }", "f:G a:L0 no_grad:N b:L0 a:C0 b:L0"),
        ("fn f(a) { fn g(b = a) { b }; g() }", "f:G a:L0 g:L1 b:L0 a:C0 b:L0 g:L1"),
        ("fn f(k) { struct P { x = k, y = x }; P() }", "f:G k:L0 P:L1 x:L0 k:C0 y:L1 x:L0 P:L1"),
    ])
    func closures(_ text: String, _ expected: String) { #expect(places(text) == expected) }

    @Test(arguments: [
        ("x = [y * 2 for y in [1]]", "x:G y:L0 y:L0"),
        ("fn f(x) { [x for x in x if x] }", "f:G x:L0 x:L1 x:L1 x:L0 x:L1"),
        ("x = 1; [x for x in [x] for z in [x]]; x", "x:G x:L0 x:L0 x:G z:L1 x:L0 x:G"),
        ("[() => y for y in [1]]", "y:C0 y:L0"),
        ("fn f(a) { {k: a for k, v in a} }", "f:G a:L0 k:L1 a:L0 k:L1 v:L2 a:L0"),
    ])
    func comprehensions(_ text: String, _ expected: String) { #expect(places(text) == expected) }

    @Test func aStatementAtThePromptKnowsEarlierNames() {
        #expect(places("print(x); fn f() { x }", globals: ["x"]) == "print:N x:G f:G x:G")
        #expect(places("x += 1", globals: ["x"]) == "x:G")
        #expect(resolve("x += 1").errors == ["`x` is not defined"])
    }

    @Test func theModulesNamesComeInOrderOfAssignment() {
        let resolution = resolve(
            "import a as b\nfor c, d in [] { e = 1 }\nfn f() { g = 1 }\nstruct S { }\ntry { } catch h { }\n[i for i in []]"
        ).resolution
        #expect(resolution.globals == ["b", "c", "d", "e", "f", "S", "h"])
        #expect(resolution.module.localNames == ["i"])
    }

    @Test func capturesNameTheirOrigin() {
        let resolution = resolve("fn f(a) { fn g() { () => [a, g] }; g }").resolution
        #expect(
            resolution.functions.map(\.captures) == [
                [], [Capture(name: "a", origin: .local(0))],
                [Capture(name: "a", origin: .captured(0)), Capture(name: "g", origin: .selfReference)],
            ])
    }
}

/// Finds every `Name` of a program by walking it with Swift's mirrors, so that no node can be forgotten.
struct NameCollector {
    private(set) var names: [Name] = []

    mutating func collect(_ value: Any) {
        if let name = value as? Name {
            names.append(name)
            return
        }
        if value is Source || value is String || value is Span { return }
        for child in Mirror(reflecting: value).children { collect(child.value) }
    }
}
