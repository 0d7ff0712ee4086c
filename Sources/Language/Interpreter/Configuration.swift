extension Interpreter {
    /// What an interpreter is made of and where its limits are.
    public struct Configuration {
        /// Native functions that every module sees without import. The prelude is always there; rows given here win over it.
        public var builtins: [Namespace] = []
        /// Native modules for `import name`. `math`, `random`, `re`, `time` are always there.
        public var modules: [Namespace] = []
        /// Names that are found in a module of the search path when a program first uses them: `fit` in `trainer`.
        public var library: [String: String] = [:]
        /// Names that a user may know from elsewhere, with what to write here: help for when they are not defined.
        public var hints: [String: String] = [:]
        /// Names of host types that annotations may use.
        public var typeNames: Set<String> = []
        /// Folders where `import name` looks for `name.eft`, after the importing file's own folder.
        public var searchPath: [String] = []
        /// Nested script calls before "recursion is too deep".
        public var recursionLimit = 10_000
        /// Calls and loop rounds before the script is stopped; nil for no limit.
        public var stepBudget: Int?
        /// Takes the text that `print` writes, line ends included.
        public var output: @Sendable (String) -> Void = { print($0, terminator: "") }
        /// Shows a prompt and reads a line without its end; nil at the end of the input.
        public var input: @Sendable (String) -> String? = { prompt in
            print(prompt, terminator: "")
            return readLine()
        }
        /// Values for the main script's `param`s, as typed after `--name`.
        public var parameters: [String: String] = [:]
        /// Checks a value against a tensor annotation; see `TensorTypeCheck`.
        public var tensorCheck: TensorTypeCheck?
        /// What tensors give, for `eft check`; nil where there are none.
        public var shapes: HostShapes?

        /// The host's types, for `eft check`, completion and the reference; made when something asks.
        public var hostTypes: @Sendable () -> HostTypes = { .none }

        /// Whether a program is checked before it runs, and refused for an error that it would end in.
        public var checksFirst = false

        /// Counts statements and takes their time; nil for none. See `LineProfile`.
        public var profile: LineProfile?

        public init() {}
    }

    /// Compares a value with `f32[n, d]`: nil if it fits, else what it is instead, such as "f32[8, 384]".
    /// Named axes met for the first time are entered in `axes`; later ones must agree.
    public typealias TensorTypeCheck = @Sendable (_ type: TensorType, _ value: Value, _ axes: inout [String: Int]) -> String?
}
