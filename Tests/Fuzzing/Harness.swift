import Foundation

@testable import Language

/// The entry of libFuzzer, which `scripts/fuzz-crashes` builds; no part of the package. `EFT_FUZZ` names the stage that takes the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    switch stage {
    case "syntax": syntax(bytes)
    case "format": format(bytes)
    case "check": check(bytes)
    case "run": run(bytes)
    default: preconditionFailure("EFT_FUZZ must be syntax, format, check or run")
    }
    return 0
}

private let stage = ProcessInfo.processInfo.environment["EFT_FUZZ"] ?? ""

/// Lexer, parser, resolver and renderer: they end, and every span lies inside the source.
private func syntax(_ bytes: [UInt8]) {
    let source = Source(name: "fuzz.eft", bytes: bytes)
    let (program, errors) = Parser.parse(source)
    let (_, problems) = Resolver.resolve(program, natives: natives)
    for label in (errors + problems).flatMap(\.labels) {
        precondition(label.span.start <= label.span.end && Int(label.span.end) <= bytes.count, "a span outside the source")
    }
    precondition(errors.count <= SyntaxLimits.errors, "too many errors")
    _ = DiagnosticRenderer().render(errors + problems)
    _ = Completeness.of(source.text)
}

/// The formatter: its result parses and is its own format.
private func format(_ bytes: [UInt8]) {
    do {
        let once = try Formatter.format(Source(name: "fuzz.eft", bytes: bytes))
        do {
            let twice = try Formatter.format(Source(name: "fuzz.eft", text: once))
            precondition(once == twice, "formatting twice changes the text")
        } catch {
            preconditionFailure("the formatted text does not parse: \(error)")
        }
    } catch let error as Diagnostics {
        precondition(!error.list.contains { $0.id == "format" }, "formatting would change the program")
    } catch {
        preconditionFailure("not a diagnostic: \(error)")
    }
}

/// The checker: it ends, and every finding lies inside the source.
private func check(_ bytes: [UInt8]) {
    let findings = checker.check(Source(name: "fuzz.eft", bytes: bytes)).diagnostics
    for label in findings.flatMap(\.labels) {
        precondition(label.span.start <= label.span.end && Int(label.span.end) <= bytes.count, "a span outside the source")
    }
    _ = DiagnosticRenderer().render(findings)
}

/// The whole way: a program runs in an interpreter of its own, within a step budget, without access to files.
private func run(_ bytes: [UInt8]) {
    var configuration = Interpreter.Configuration()
    configuration.builtins = [withoutFiles]
    configuration.modules = [sleepless]
    configuration.stepBudget = 20_000
    configuration.output = { _ in }
    configuration.input = { _ in nil }
    do {
        _ = try Interpreter(configuration: configuration).run(Source(name: "fuzz.eft", bytes: bytes)).repr
    } catch let error as Diagnostics {
        _ = DiagnosticRenderer().render(error.list)
    } catch {
        preconditionFailure("not a diagnostic: \(error)")
    }
}

/// Checking changes nothing in it.
private let checker = Interpreter()
private let natives = checker.nativeNames

/// The rows of a table that a random program must not reach, as errors.
private func refused(_ table: Namespace) -> Namespace {
    Namespace(
        table.name,
        table.builtins.map { row in
            Builtin(row.name, "(*values, **options) -> any", doc: row.doc) { _ in throw ScriptError(.io, "not while fuzzing") }
        })
}

private let withoutFiles = refused(Prelude.files)
private let sleepless = refused(TimeModule.table)
