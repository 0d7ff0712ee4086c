extension TypeWalk {
    /// Distributes arguments over the parameters, as `Binder` does when the call runs, and reports what does not fit.
    func bind(_ arguments: [StaticArgument], _ signature: CallSignature, _ name: String, _ span: Span) -> [Int: StaticArgument] {
        let parameters = signature.parameters
        let places = parameters.indices.filter { parameters[$0].kind == .positional }
        var bound: [Int: StaticArgument] = [:]
        var positional = 0
        var hasRest = false
        var hasOptions = false
        var keywords: [String] = []
        var extra: Span?
        var isWrong = false
        for argument in arguments {
            switch argument.node.kind {
            case .positional:
                if hasRest { continue }
                if positional < places.count {
                    bound[places[positional]] = argument
                } else if signature.restIndex == nil {
                    extra = extra?.union(argument.node.span) ?? argument.node.span
                }
                positional += 1
            case .rest: hasRest = true
            case .options: hasOptions = true
            case .keyword(let word):
                keywords.append(word.text)
                let index = parameters.firstIndex { $0.name == word.text && ($0.kind == .positional || $0.kind == .keywordOnly) }
                if let index {
                    if bound[index] != nil {
                        isWrong = true
                        report.add(
                            .repeatedArgument, "\(Binder.title(name)) got two values for argument `\(word.text)`", at: word.span,
                            help: "the signature is \(name)\(signature)")
                    } else {
                        bound[index] = argument
                    }
                } else if signature.optionsIndex == nil {
                    isWrong = true
                    let error = Binder.unknown(word.text, name, signature)
                    report.add(.unknownKeyword, error.message, at: word.span, help: error.help)
                }
            }
        }
        if let extra {
            let error = Binder.tooMany(name, signature, given: positional)
            report.add(.tooManyArguments, error.message, at: extra, help: error.help)
        }
        // One thing is said of a call: a misspelt name is also one that is missing.
        if hasRest || hasOptions || isWrong { return bound }
        if parameters.indices.contains(where: { parameters[$0].isRequired && bound[$0] == nil }) {
            let error = Binder.missing(name, signature, given: positional, keywords: keywords)
            report.add(.missingArgument, error.message, at: span, help: error.help)
        }
        return bound
    }

    func checkTypes(_ bound: [Int: StaticArgument], _ signature: CallSignature, _ name: String) {
        var axes = AxisUnifier()
        checkTypes(bound, signature, name, &axes)
    }

    /// Holds the arguments against the annotations; named axes are unified over all of them.
    func checkTypes(_ bound: [Int: StaticArgument], _ signature: CallSignature, _ name: String, _ axes: inout AxisUnifier) {
        for (index, argument) in bound.sorted(by: { $0.key < $1.key }) {
            let parameter = signature.parameters[index]
            guard parameter.type != .any, argument.type.fits(parameter.type, &axes) == false else { continue }
            mismatch(
                argument.type, parameter.type, .argumentType, subject: "\(name)() argument `\(parameter.name)`",
                at: argument.node.value.span, axes: axes)
        }
    }
}
