import Clickstream
import Models
import Tensors

/// Finding out where a step's numbers stopped being finite, after the fact: a step that goes well pays nothing for it.
extension EmbeddingsFineTuner {
    /// What a step draws random numbers from, as it was before the step.
    struct StepRandomness {
        let selection: SeededRandom
        let dropout: [DropoutState]
    }

    var stepRandomness: StepRandomness {
        StepRandomness(selection: featuresExtractor.random, dropout: model.dropoutStates)
    }

    /// The first trained parameter whose gradient holds nan or an infinity.
    var parameterWithBadGradient: Parameter? {
        for optimizer in optimizers {
            for parameter in optimizer.parameters where parameter.isTrainable {
                if let gradient = parameter.grad, !gradient.isFinite { return parameter }
            }
        }
        return nil
    }

    /// Takes the forward and backward pass of a step again, with the same random numbers and weights, under watch, and says where a
    /// loss or gradient first stopped being finite; nil if it does not this time, as when a loss function draws numbers of its own.
    ///
    /// The weights stay; gradients are those of the repetition, and random states those after the step.
    func anomaly(of batch: [InputPair], from start: StepRandomness) throws -> Anomaly? {
        let end = stepRandomness
        let counts = featuresExtractor.counts
        defer {
            featuresExtractor.random = end.selection
            featuresExtractor.counts = counts
            model.dropoutStates = end.dropout
        }
        featuresExtractor.random = start.selection
        model.dropoutStates = start.dropout
        for optimizer in optimizers { optimizer.zeroGrad() }
        let check = AnomalyCheck()
        let loss = try check.run {
            let features = try featuresExtractor.features(batch, items: itemsSets.dataset("train"), retriever: queryRetriever)
            let loss = try self.loss(of: features)
            if loss.isFinite, loss.count == 1, loss.requiresGrad { try loss.backward() }
            return loss
        }
        return check.anomaly(in: loss)
    }

    /// The error for a loss or gradient that is not finite, with the operation, its operands and the batch's queries.
    func notFinite(
        _ condition: String, found: String, step: String, batch: [InputPair], from start: StepRandomness
    ) -> FineTuningError {
        // A repetition that fails in another way has nothing to add to what is known.
        let origin = try? anomaly(of: batch, from: start)
        var queries: [String] = []
        for pair in batch {
            for input in [pair.notIrrelevant, pair.irrelevant].compactMap(\.self) where !queries.contains(input.query.label) {
                queries.append(input.query.label)
            }
        }
        let named = queries.prefix(3).map { "'\($0)'" }.joined(separator: ", ") + (queries.count > 3 ? ", …" : "")
        let advice = "no weight has been changed (queries of the batch: \(named)); check the loss function, or lower the learning rate"
        return FineTuningError(
            .numeric, condition, found: found, place: step, help: (origin.map { "\($0)\n" } ?? "") + advice)
    }
}
