import Foundation
import Testing

@testable import Bindings
@testable import Console
@testable import Language

/// The reference leaves nothing out, and what the language page shows is what happens.
@Suite struct ReferenceTests {
    private static let interpreter = Workspace.makeInterpreter(output: { _ in })
    private static let markdown = Reference(interpreter: interpreter).markdown()

    /// The blocks of code of the language page.
    private static let blocks: [(topic: String, code: [String])] = Guide.topics.flatMap { topic in
        topic.text.components(separatedBy: "```eft\n").dropFirst().map { part in
            (topic.name, part.components(separatedBy: "```")[0].split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
    }

    @Test func theLanguagePageTellsTheTruth() throws {
        #expect(Self.blocks.count > 12)
        var checked = 0
        for (topic, lines) in Self.blocks {
            // `value  # -> text` becomes a comparison; the check stands where the value stood, so that lines above go on into it.
            let program = lines.map { line -> String in
                guard let mark = line.range(of: "# -> "), !line.hasPrefix(" ") else { return line }
                checked += 1
                let value = line[..<mark.lowerBound].trimmingCharacters(in: .whitespaces)
                return "expect(\(value), \(Value.string(String(line[mark.upperBound...])).repr))"
            }
            var configuration = Environment.configuration()
            configuration.output = { _ in }
            let expect = Builtin("expect", "(value: any, text: str) -> none", doc: "") { call in
                #expect(call[0].repr == call[1].display, "topic \(topic)")
                return .none
            }
            configuration.builtins.append(Namespace("check", [expect]))
            do {
                try Interpreter(configuration: configuration).run(Source(name: topic, text: program.joined(separator: "\n")))
            } catch {
                Issue.record("topic \(topic): \(error)")
            }
        }
        #expect(checked > 45)
    }

    @Test func everyWordOfTheLanguageHasATopic() {
        #expect(Set(Guide.keywords.keys) == Set(LanguageSupport.keywords))
        for word in LanguageSupport.keywords { #expect(Guide.topic(word) != nil, "\(word)") }
        #expect(Guide.topic("language") != nil && Guide.topic("nonsense") == nil)
    }

    @Test func everyRowIsInTheReference() {
        let namespaces = LanguageSupport.builtinNamespaces(Self.interpreter) + LanguageSupport.modules(Self.interpreter)
        var names: [String] = []
        for namespace in namespaces {
            #expect(!namespace.name.isEmpty)
            names += namespace.builtins.map(\.name) + namespace.constants.map(\.name)
            for constant in namespace.constants { #expect(!constant.doc.isEmpty, "\(constant.name)") }
            for builtin in namespace.builtins { #expect(!builtin.doc.isEmpty, "\(builtin.name)") }
        }
        for type in LanguageSupport.types(Self.interpreter) {
            #expect(!type.doc.isEmpty, "type \(type.name)")
            for attribute in type.attributes { #expect(!attribute.doc.isEmpty, "\(type.name).\(attribute.name)") }
            names += type.methods.builtins.map { "." + $0.name } + type.attributes.map { "." + $0.name }
        }
        for name in names {
            let isThere = ["`\(name)(", "`\(name)`", ".\(name)(", ".\(name)`"].contains { Self.markdown.contains($0) }
            #expect(isThere, "\(name)")
        }
    }

    /// The names of a whole job, from loading data to judging the tuned model: each has a page.
    @Test func theNamesOfAWholeJobAreDocumented() {
        let names = """
            load_items load_sessions sqlite describe TrainTestSplitter DatasetDict load_model CosineProbMarginRankingLoss relu mean
            FineTuningParams ExperimentsManager default_accumulators EmbeddingsFineTuner TextQueryRetriever batches enumerate fit
            step_through read_jsonl load_qrels evaluate search print
            """
        let page = HelpPage(interpreter: Self.interpreter)
        for name in names.split(whereSeparator: \.isWhitespace) {
            #expect(page.text(for: String(name), source: false) != nil, "\(name)")
        }
        for type in LanguageSupport.types(Self.interpreter) {
            for method in type.methods.names {
                #expect(page.text(for: "\(type.name).\(method)", source: false) != nil, "\(type.name).\(method)")
            }
        }
    }

    @Test func markdownForATerminal() {
        let text = "## A `b`\n\nOne two\nthree `four`.\n- item one\n  goes on\n- item two\n\n```eft\nx = 1\n```\n"
        let plain = Markdown(style: TextStyle(enabled: false), width: 12).terminal(text)
        #expect(plain == "A b\n\nOne two\nthree\n`four`.\n- item one\n  goes on\n- item two\n\n    x = 1\n")
        let styled = Markdown(style: TextStyle(enabled: true), width: 80).terminal("a `b` c")
        #expect(styled == "a \u{1B}[36mb\u{1B}[0m c")
    }
}
