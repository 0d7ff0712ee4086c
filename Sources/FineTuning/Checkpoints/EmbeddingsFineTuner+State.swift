import Clickstream
import Models
import Tensors
import Text

/// A tuner's state besides tensors, as JSON. Numbers of 64 bits are written in hexadecimal, as readers of JSON may round them.
extension EmbeddingsFineTuner {
    var stateObject: JSONObject {
        [
            "optimizers": .array(
                zip(optimizers, schedulers).map { optimizer, schedule in
                    [
                        "learning_rate": .double(optimizer.learningRate), "schedule": .int(Int64(schedule.epoch)),
                        "steps": .array(optimizer.state.steps.map { .int(Int64($0)) }),
                    ]
                }),
            "sampling": .string(Self.text(featuresExtractor.random.state)),
            "outer_random": .array((outerRandom?.words ?? []).map { .string(Self.text($0)) }),
            "dropout": .array(model.dropoutStates.map { ["seed": .string(Self.text($0.seed)), "step": .string(Self.text($0.step))] }),
            "train_counts": trainCounts.json, "validation_counts": validationCounts.json,
            "val_loss": valLoss.map { .double($0) } ?? .null,
            "validation": .array(lastValidation.map { [.string($0.name), .double($0.value)] }),
            "tracker": tracker.state,
        ]
    }

    func restore(stateObject state: JSONValue, file: String) throws {
        func word(_ value: JSONValue?, _ field: String) throws -> UInt64 {
            guard let word = value?.stringValue.flatMap({ UInt64($0, radix: 16) }) else {
                throw ModelError(.malformed, "the field is missing or has a wrong value", file: file, field: field)
            }
            return word
        }
        featuresExtractor.random.state = try word(state["sampling"], "sampling")
        let words = try (state["outer_random"]?.arrayValue ?? []).map { try word($0, "outer_random") }
        if !words.isEmpty { outerRandom?.words = words }
        model.dropoutStates = try (state["dropout"]?.arrayValue ?? []).map {
            DropoutState(seed: try word($0["seed"], "dropout.seed"), step: try word($0["step"], "dropout.step"))
        }
        trainCounts = ExtractionCounts(state["train_counts"])
        validationCounts = ExtractionCounts(state["validation_counts"])
        valLoss = state["val_loss"]?.doubleValue
        lastValidation = try (state["validation"]?.arrayValue ?? []).compactMap { entry in
            guard let name = entry[0]?.stringValue, let value = entry[1]?.doubleValue else { return nil }
            return try MetricValue(name, value)
        }
        if let state = state["tracker"] { tracker.restore(state) }
    }

    private static func text(_ word: UInt64) -> String { String(word, radix: 16) }

    // MARK: What a training depends on

    /// Checksums and settings by name: the parameters of the run, the frozen weights, the items of each split.
    public func fingerprints() throws -> [(name: String, value: String)] {
        var frozen = CRC32()
        for parameter in model.allParameters where !parameter.isTrainable {
            frozen.update(parameter.name)
            try StoredTensor(parameter.name, parameter.tensor).bytes.withUnsafeBytes { frozen.update($0) }
        }
        let items = itemsSets.entries.map { split, items -> (name: String, value: String) in
            var sum = CRC32()
            for row in items.rows {
                sum.update(row.id)
                switch row.item {
                case .text(let text): sum.update(text)
                case .image(let pixels):
                    sum.update("\(pixels.shape)")
                    pixels.numbers.withUnsafeBytes { sum.update($0) }
                }
            }
            return ("items of \(split)", "\(items.rows.count) rows, \(sum.hexadecimal)")
        }
        let trainable = trainableParameters
        return [
            ("parameters of the run", "\(fineTuningParams)"),
            (
                "optimizer",
                "\(optimizerKind), \(schedulerKind) schedule, step_size \(stepSize), gamma \(gamma), warmup_steps \(warmupSteps)"
            ),
            ("total_steps", schedulerKind == .step ? "any" : totalSteps.map { "\($0)" } ?? "none"),
            ("trainable parameters", "\(trainable.count) with \(trainable.reduce(0) { $0 + $1.count }) values"),
            ("frozen weights", frozen.hexadecimal),
        ] + partFingerprints + items
    }
}

extension PairedFineTuningInputsDataset {
    /// Number and checksum of the pairs. Ranks are left out: where they were computed they follow from the model and the texts.
    public var fingerprint: String {
        var sum = CRC32()
        for pair in pairs {
            for input in [pair.notIrrelevant, pair.irrelevant] {
                guard let input else {
                    sum.update("none")
                    continue
                }
                sum.update(input.query.label)
                for id in input.results { sum.update(id) }
                sum.update("clicked")
                for id in input.events { sum.update(id) }
                for (part, object) in (input.partToObject ?? [:]).sorted(by: { $0.key < $1.key }) { sum.update(part + "\n" + object) }
            }
        }
        return "\(count) pairs, \(sum.hexadecimal)"
    }
}

extension ExtractionCounts {
    private static let fields: [(name: String, path: WritableKeyPath<ExtractionCounts, Int> & Sendable)] = [
        ("batch_elements", \.batchElements), ("without_clicks", \.withoutClicks), ("without_negatives", \.withoutNegatives),
        ("filtered_out", \.filteredOut), ("pairs_removed", \.pairsRemoved), ("pairs", \.pairs), ("clicks", \.clicks),
        ("in_batch_negatives", \.inBatchNegatives), ("masked_negatives", \.maskedNegatives),
    ]

    var json: JSONValue { .object(JSONObject(Self.fields.map { ($0.name, .int(Int64(self[keyPath: $0.path]))) })) }

    init(_ json: JSONValue?) {
        self.init()
        for (name, path) in Self.fields { self[keyPath: path] = json?[name]?.intValue.flatMap(Int.init(exactly:)) ?? 0 }
    }

    /// The counts by name, in order.
    public var figures: [(name: String, value: Int)] { Self.fields.map { ($0.name, self[keyPath: $0.path]) } }
}
