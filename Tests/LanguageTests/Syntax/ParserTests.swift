import Testing

@testable import Language

/// Programs and their trees as s-expressions; `binary` chains print nested from the left.
@Suite struct ParserTests {
    @Test(arguments: [
        ("a + b * c", "(+ a (* b c))"),
        ("a - b - c + d", "(+ (- (- a b) c) d)"),
        ("a * b @ c // d % e / f", "(/ (% (// (@ (* a b) c) d) e) f)"),
        ("-x ** 2", "(- (** x 2))"),
        ("2 ** -1 ** 2", "(** 2 (- (** 1 2)))"),
        ("2 ** 3 ** 4", "(** 2 (** 3 4))"),
        ("-a * b", "(* (- a) b)"),
        ("~a & b | c ^ d << 1 + 2", "(| (& (~ a) b) (^ c (<< d (+ 1 2))))"),
        ("not a == b", "(not (== a b))"),
        ("not a and not b or c", "(or (and (not a) (not b)) c)"),
        ("not not a", "(not (not a))"),
        ("a and b and c", "(and a b c)"),
        ("a or b and c or d", "(or a (and b c) d)"),
        ("a < b <= c != d", "(chain a < b <= c != d)"),
        ("(a < b) < c", "(< (< a b) c)"),
        ("a in b", "(in a b)"),
        ("a not in b", "(not in a b)"),
        ("a is not none", "(is not a none)"),
        ("a is b", "(is a b)"),
        ("a + 1 in b and c", "(and (in (+ a 1) b) c)"),
        ("a if b else c if d else e", "(? b a (? d c e))"),
        ("a if b or c else d + 1", "(? (or b c) a (+ d 1))"),
        ("x => x + 1 if x else y", "(lambda (x) {(? x (+ x 1) y)})"),
        ("x => y => x + y", "(lambda (x) {(lambda (y) {(+ x y)})})"),
        ("a.b.c(1)[2].d", "(at (call a.b.c 1) 2).d"),
        ("-a.b ** c[0]", "(- (** a.b (at c 0)))"),
        ("a - -b", "(- a (- b))"),
        ("a --b", "(- a (- b))"),
        ("(a + b) * c", "(* (+ a b) c)"),
        ("((a))", "a"),
        ("a @ b.T", "(@ a b.T)"),
        ("x |> f", "(pipe f x)"),
        ("x |> f(y) |> m.g(z, k = 1)", "(pipe m.g (pipe f x y) z k=1)"),
        ("a + b |> f", "(pipe f (+ a b))"),
        ("x |> f { y => y }", "(pipe f x (block (y) {y}))"),
        ("xs |> len > 3", "(> (pipe len xs) 3)"),
        ("x => x |> f", "(lambda (x) {(pipe f x)})"),
    ])
    func precedence(_ text: String, _ tree: String) { #expect(TreePrinter.print(text) == tree) }

    @Test(arguments: [
        ("[]", "[]"), ("[1, *a, 2,]", "[1 *a 2]"), ("()", "(tuple)"), ("(1,)", "(tuple 1)"), ("1, 2", "(tuple 1 2)"),
        ("(1, *a)", "(tuple 1 *a)"), ("{}", "{}"), ("{\"a\": 1, **b, c: d}", "{'a': 1 **b c: d}"),
        ("[\n1,\n2\n]", "[1 2]"), ("{\n'a': 1,\n}", "{'a': 1}"),
        ("[x for x in xs]", "(collect x (for x xs))"),
        ("[x + y for x in a for y in b if x if y > x]", "(collect (+ x y) (for x a) (for y b) (if x) (if (> y x)))"),
        ("{k: v for k, v in d.items()}", "(collect k: v (for (k v) (call d.items)))"),
        ("[a if b else c for (a, b), *c in xs if a if b]", "(collect (? b a c) (for ((a b) *c) xs) (if a) (if b))"),
        ("sum(x * x for x in xs if x)", "(call sum (collect (* x x) (for x xs) (if x)))"),
        ("(x for x in xs)", "(collect x (for x xs))"),
        ("f()", "(call f)"), ("f(a, b = 1, *c, **d)", "(call f a b=1 *c **d)"), ("f(\na,\nb\n)", "(call f a b)"),
        ("f(x => x, (a, b) => a)", "(call f (lambda (x) {x}) (lambda (a b) {a}))"),
        ("f(if = 1, in = 2)", "(call f if=1 in=2)"), ("f(1)(2)", "(call (call f 1) 2)"),
        ("f { g() }", "(call f (block () {(call g)}))"), ("f() { }", "(call f (block () {}))"),
        ("f(1) { a, b => a; b }", "(call f 1 (block (a b) {a; b}))"),
        ("f { (a, b = 1) => a }", "(call f (block (a b=1) {a}))"), ("f { a }.b", "(call f (block () {a})).b"),
        ("x = f { 1 }", "(= x (call f (block () {1})))"), ("a.b { 1 }", "(call a.b (block () {1}))"),
        ("f {\n  x = 1\n  x\n}", "(call f (block () {(= x 1); x}))"),
        ("a[1]", "(at a 1)"), ("a[1:2]", "(at a 1:2:_)"), ("a[:]", "(at a _:_:_)"), ("a[::2]", "(at a _:_:2)"),
        ("a[1:, :2, ::]", "(at a 1:_:_ _:2:_ _:_:_)"), ("a[..., -1]", "(at a ... (- 1))"), ("a[:, none]", "(at a _:_:_ none)"),
        ("a[…, 0]", "(at a ... 0)"), ("a[x if y else z:]", "(at a (? y x z):_:_)"),
        ("a.if.in", "a.if.in"), ("a\n  .b\n  .c()", "(call a.b.c)"), ("a\n  |> b\n  |> c(1)", "(pipe c (pipe b a) 1)"),
        ("x => { x }", "(lambda (x) {x})"), ("x => ({})", "(lambda (x) {{}})"), ("() => 1", "(lambda () {1})"),
        ("(x, y = 1, *r, k: int = 2, **o) => x", "(lambda (x y=1 *r /k:int=2 **o) {x})"),
        ("x =>\n x", "(lambda (x) {x})"),
    ])
    func operands(_ text: String, _ tree: String) { #expect(TreePrinter.print(text) == tree) }

    @Test(arguments: [
        ("x = 1", "(= x 1)"), ("x = y = f()", "(= x y (call f))"), ("x: float = 1", "(= x :float 1)"),
        ("x: list[str] | none = none", "(= x :list<str>|none none)"), ("x: int? = 1", "(= x :int|none 1)"),
        ("a, b = b, a", "(= (a b) (tuple b a))"), ("a, (b, *c) = xs", "(= (a (b *c)) xs)"), ("[a, b] = xs", "(= (a b) xs)"),
        ("a, = xs", "(= (a) xs)"), ("*a, b = xs", "(= (*a b) xs)"),
        ("t.a.b[2] += 1", "(+= (at t.a.b 2) 1)"), ("d[k], x.y = 1, 2", "(= ((at d k) x.y) (tuple 1 2))"),
        (
            "a += 1; a -= 1; a *= 1; a /= 1; a //= 1; a %= 1; a **= 1; a @= 1; a &= 1; a |= 1; a ^= 1; a <<= 1; a >>= 1",
            "(+= a 1)\n(-= a 1)\n(*= a 1)\n(/= a 1)\n(//= a 1)\n(%= a 1)\n(**= a 1)\n(@= a 1)\n(&= a 1)\n(|= a 1)\n(^= a 1)\n(<<= a 1)\n(>>= a 1)"
        ),
        ("x = 1; y = 2;", "(= x 1)\n(= y 2)"), ("x = 1\ny = 2\r\nz = 3", "(= x 1)\n(= y 2)\n(= z 3)"),
        ("a = 1 +\n2", "(= a (+ 1 2))"), ("a = b,\nc", "(= a (tuple b c))"), ("f\n(x)", "f\nx"), ("a\n-b", "a\n(- b)"),
        ("a\n[b]", "a\n[b]"), ("x = a\n|> f", "(= x (pipe f a))"),
        ("if a { b }", "(if a {b})"), ("if a { b } else { c }", "(if a {b} {c})"),
        ("if a { b } else if c { d } else { e }", "(if a {b} c {d} {e})"), ("if a\n{ b }\nelse\n{ c }", "(if a {b} {c})"),
        ("if a {\n}\nelse {\n}", "(if a {} {})"), ("x = if a { 1 } else { 2 } + 3", "(= x (+ (if a {1} {2}) 3))"),
        ("if f(x) { y }", "(if (call f x) {y})"), ("if a.b { c }", "(if a.b {c})"),
        ("if x in {\"a\": 1} { y }", "(if (in x {'a': 1}) {y})"),
        ("if f(no_grad { x }) { y }", "(if (call f (call no_grad (block () {x}))) {y})"),
        ("if (f { x }) { y }", "(if (call f (block () {x})) {y})"), ("if a { f { x } }", "(if a {(call f (block () {x}))})"),
        ("while a < 3 { a += 1; break; continue }", "(while (< a 3) {(+= a 1); (break); (continue)})"),
        ("for x in xs { x }", "(for x xs {x})"), ("for i, (a, *b) in xs { }", "(for (i (a *b)) xs {})"),
        ("for x in 1, 2 { x }", "(for x (tuple 1 2) {x})"), ("for x.y in z { }", "(for x.y z {})"),
        ("for x in {\"a\": 1} { x }", "(for x {'a': 1} {x})"), ("for a, in xs { }", "(for (a) xs {})"),
        ("fn f() { }", "(fn f () {})"), ("fn f() { return }", "(fn f () {(return)})"),
        ("fn f() { return a, b }", "(fn f () {(return (tuple a b))})"),
        ("fn f() {\nreturn\nx\n}", "(fn f () {(return); x})"),
        (
            "fn f(a, b: int, c = 1, d: f32[n, 3, ...] = 2, *e, g, **h) -> f32[] { a }",
            "(fn f (a b:int c=1 d:f32[n,3,...]=2 *e /g **h) ->f32[] {a})"
        ),
        ("fn f(a, *, b) -> dict[str, list[int]] { }", "(fn f (a /b) ->dict<str,list<int>> {})"),
        ("fn f(g: fn(int, str) -> bool, h: fn) -> losses.Trial { }", "(fn f (g:fn(int,str)->bool h:fn) ->losses.Trial {})"),
        ("fn f(\n  a, ## the first\n  b = 2  ## the second\n) { }", "(fn f (a b=2'the second') {})"),
        ("struct A { }", "(struct A)"),
        ("struct A {\n  x: int = 1  ## an x\n  y\n  ## a z\n  z = 2, w\n}", "(struct A x:int=1'an x' y z=2'a z' w)"),
        ("## Says a.\n## Twice.\nfn f() { }", "(fn f () 'Says a.\\nTwice.' {})"), ("## Far.\n\nfn f() { }", "(fn f () {})"),
        ("param lr: float = 0.1 ## the rate", "(param lr :float 0.1 'the rate')"), ("## the rate\nparam lr", "(param lr 'the rate')"),
        ("import a", "(import a:a)"), ("import a as b, c", "(import a:b c:c)"), ("import \"x/mine.eft\" as m", "(import 'x/mine.eft':m)"),
        ("import \"x/mine.eft\"", "(import 'x/mine.eft':mine)"), ("from a import b, c as d", "(from a b:b c:d)"),
        ("from \"m.eft\" import (a,\n b,)", "(from 'm.eft' a:a b:b)"),
        ("try { a } catch { b }", "(try {a} (catch {b}))"), ("try { a } catch e { b }", "(try {a} (catch e {b}))"),
        (
            "try { a } catch IOError e { b } catch KeyError | IndexError { c }\nfinally { d }",
            "(try {a} (catch IOError e {b}) (catch KeyError|IndexError {c}) (finally {d}))"
        ),
        ("x = try { a } finally { b }", "(= x (try {a} (finally {b})))"), ("raise", "(raise)"), ("raise e(1)", "(raise (call e 1))"),
        ("assert a, \"b\"", "(assert a 'b')"), ("test \"adds\" { assert 1 + 1 == 2 }", "(test 'adds' {(assert (== (+ 1 1) 2))})"),
        (
            "test = 1; param = 2; struct = 3; from = 4; as = 5; match = 6",
            "(= test 1)\n(= param 2)\n(= struct 3)\n(= from 4)\n(= as 5)\n(= match 6)"
        ),
        ("test(1); data.test", "(call test 1)\ndata.test"), ("#!/usr/bin/env eft run\nx", "x"), ("\u{FEFF}x", "x"), ("", ""),
        ("# only a comment", ""),
        ("x\u{00A0}=\u{3000}1", "(= x 1)"), ("größe = 1; 名前 = 2", "(= größe 1)\n(= 名前 2)"),
    ])
    func statements(_ text: String, _ tree: String) { #expect(TreePrinter.print(text) == tree) }

    @Test(arguments: [
        ("0", "0"), ("1_000_000", "1000000"), ("0xFF", "255"), ("0b1010", "10"), ("0o17", "15"), ("00", "0"),
        ("0x7fff_ffff_ffff_ffff", "9223372036854775807"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("1.5", "1.5"), ("1.", "1.0"), (".5", "0.5"), ("1e3", "1000.0"), ("1_0.2_5e-1", "1.025"), ("2.e1", "20.0"), ("1e999", "inf"),
        ("1.max", "1.max"), ("xs[1...]", "error: expected `,` or `]`, found `...`"),
        ("'a'", "'a'"), ("\"a\" 'b'", "'ab'"), ("\"\"\"a\nb\"\"\"", "'a\\nb'"), ("'''it's'''", "'it\\'s'"), ("\"\"", "''"),
        ("''''''", "''"),
        (#""\n\t\\\"\'\0\x41\u{1F600}\u0041\U00000042""#, "'\n\t\\\"\\'\0A😀AB'".replacing("\n", with: "\\n")), (#""\ud83d\ude00""#, "'😀'"),
        (#"r"\n{x}""#, #"'\n{x}'"#), (#"R'\''"#, #"'\\''"#), ("'a\\\nb'", "'ab'"), ("'''a\r\nb'''", "'a\\nb'"),
        ("f''", "(f)"), ("f'a'", "(f 'a')"), ("f'{x}'", "(f <x>)"), ("f'a{x}b{y!r}c'", "(f 'a' <x> 'b' <y !r> 'c')"),
        ("f'{x:>4}'", "(f <x :'>4'>)"),
        ("f'{x!s:{w}.{p}f}'", "(f <x !s :<w>'.'<p>'f'>)".replacing(">'.'<", with: "> '.' <").replacing(">'f'>", with: "> 'f'>")),
        ("f'{{}}{x}}}'", "(f '{}' <x> '}')"), ("f'{x = }'", "(f <'x = ' x>)"), ("f'{x=:.2f}'", "(f <'x=' x :'.2f'>)"),
        ("f\"{d[\"k\"]}\"", "(f <(at d 'k')>)"), ("f'{ {\"a\": 1}[\"a\"] }'", "(f <(at {'a': 1} 'a')>)"),
        ("f'{x => x}'", "(f <(lambda (x) {x})>)"),
        ("f'{f\"{1}\"}'", "(f <(f <1>)>)"), ("f'a' 'b' f'{c}'", "(f 'ab' <c>)"), ("rf'\\n{x}'", "(f '\\n' <x>)"),
        ("f'{a, b}'", "(f <(tuple a b)>)"),
        ("f'''{\nx\n}\n'''", "(f <x> '\\n')"), ("f'{x != y}'", "(f <(!= x y)>)"), ("f'\\u{41}'", "(f 'A')"),
        ("f'{if a { 1 } else { 2 }}'", "(f <(if a {1} {2})>)"),
        ("true, false, none", "(tuple true false none)"),
    ])
    func literals(_ text: String, _ tree: String) { #expect(TreePrinter.print(text) == tree) }

    /// The examples of the two pages that define the language's face, verbatim.
    @Test(arguments: Golden.names("trees")) func pages(_ name: String) throws {
        try Golden.check(name, in: "trees") { source in
            let (program, diagnostics) = Parser.parse(source)
            #expect(diagnostics.isEmpty)
            return program.statements.map(TreePrinter.statement).joined(separator: "\n")
        }
    }

    @Test func cellsAreFoundBetweenStatements() {
        let text = "x = 1\n# %% Load data\ny = [\n# %% not here\n1]\n  #%%\nfn f() {\n# %% nor here\n}\n# %%% odd\n"
        let program = Parser.parse(Source(name: "test", text: text)).program
        #expect(program.cells.map(\.title) == ["Load data", "", "% odd"])
        #expect(program.cells.map(\.line) == [2, 6, 10])
        #expect(program.cells.first.map { program.source.text($0.span) } == "# %% Load data\ny = [\n# %% not here\n1]\n  ")
    }

    @Test func spansCoverWhatTheyName() throws {
        let source = Source(name: "test", text: "x = (a + bb) * -c[1:2]\n")
        let (program, _) = Parser.parse(source)
        guard case .assignment(_, _, let operatorSpan, let value) = try #require(program.statements.first).kind else {
            Issue.record("no assignment")
            return
        }
        #expect(source.text(operatorSpan) == "=")
        #expect(source.text(value.span) == "(a + bb) * -c[1:2]")
        guard case .binary(let left, let steps) = value.kind, let step = steps.first else {
            Issue.record("no product")
            return
        }
        #expect(source.text(left.span) == "a + bb")
        #expect(source.text(step.operatorSpan) == "*")
        #expect(source.text(step.operand.span) == "-c[1:2]")
    }
}
