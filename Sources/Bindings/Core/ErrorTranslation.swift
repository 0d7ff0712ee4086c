import Clickstream
import Experiments
import FineTuning
import Images
import Language
import Models
import Tensors
import Text

extension TensorError: ScriptErrorConvertible {
    public var scriptError: ScriptError {
        if kind == .interrupted { return ScriptError(.interrupted, message) }
        return ScriptError(ErrorTranslation.kind(kind), "\(operation): \(message)", help: help, operands: operands)
    }
}

extension ShapeFailure {
    init(_ mistake: Mistake, operands: [String]) {
        self.init(
            ErrorTranslation.kind(mistake.kind), "\(mistake.operation): \(mistake.message)", help: mistake.help, operands: operands)
    }
}

extension ClickstreamError: ScriptErrorConvertible {
    public var scriptError: ScriptError { ErrorTranslation.scriptError(self) }
}

extension FineTuningError: ScriptErrorConvertible {
    public var scriptError: ScriptError {
        var error = ErrorTranslation.scriptError(self)
        // A loss that is not finite: the program ends with a code of its own if nobody catches it.
        if kind == .numeric { error.id = ScriptError.divergence }
        return error
    }
}

extension DataError: ScriptErrorConvertible {
    public var scriptError: ScriptError {
        kind == .interrupted ? ScriptError(.interrupted, problem) : ScriptError(.io, message, help: help)
    }
}

extension JSONWriteError: ScriptErrorConvertible {
    public var scriptError: ScriptError { ScriptError(.io, message, help: help) }
}

extension ModelError: ScriptErrorConvertible {
    public var scriptError: ScriptError { ScriptError(ErrorTranslation.kind(kind), ErrorTranslation.sentence(self), help: help) }
}

extension ImageError: ScriptErrorConvertible {
    public var scriptError: ScriptError { ScriptError(.io, "\(file): \(problem)", help: help) }
}

extension MLflowError: ScriptErrorConvertible {
    public var scriptError: ScriptError {
        if case .address = self { return ScriptError.value("\(self)", help: help) }
        if self == .interrupted { return ScriptError(.interrupted, description) }
        return ScriptError(.io, "MLflow: \(self)", help: help)
    }
}

extension StoreError: ScriptErrorConvertible {
    public var scriptError: ScriptError { ScriptError(.io, "\(self)") }
}

extension BLASError: ScriptErrorConvertible {
    public var scriptError: ScriptError { ScriptError(.io, "\(self)") }
}

/// The kinds under which a script catches the engine's errors.
private enum ErrorTranslation {
    static func scriptError(_ error: any ConditionError) -> ScriptError {
        ScriptError(kind(error.kind), error.message, help: error.help)
    }

    static func kind(_ kind: TensorError.Kind) -> ErrorKind {
        switch kind {
        case .shape: .shape
        case .dtype: .type
        case .index: .index
        case .value: .value
        case .numeric, .memory: .numeric
        case .interrupted: .interrupted
        }
    }

    static func kind(_ kind: ModelError.Kind) -> ErrorKind {
        switch kind {
        case .unknownModel, .missingFile, .unreadableFile, .malformed, .truncated, .writeFailed: .io
        case .unsupported, .missingTensor, .invalidArgument: .value
        case .wrongShape: .shape
        case .wrongDType: .type
        }
    }

    /// What happened and where, without the help, which has a line of its own.
    static func sentence(_ error: ModelError) -> String {
        ModelError(
            error.kind, error.problem, file: error.file, field: error.field, tensor: error.tensor, expected: error.expected,
            found: error.found
        ).description
    }

    static func kind(_ kind: ConditionKind) -> ErrorKind {
        switch kind {
        case .type: .type
        case .value: .value
        case .index: .index
        case .numeric: .numeric
        }
    }
}
