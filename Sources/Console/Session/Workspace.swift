import Bindings
import Foundation
import Language

/// Where eft keeps things, and how an interpreter for scripts and prompt is made. The one place that knows both.
public enum Workspace {
    public static let version = "0.1.0"

    /// `${EFT_HOME:-~/.cache/eft}`: models and caches.
    public static var cacheDirectory: String {
        if let path = environment("EFT_HOME") { return HomeDirectory.expand(path) }
        return HomeDirectory.path + "/.cache/eft"
    }

    public static var modelDirectory: String { cacheDirectory + "/models" }

    /// The run store of the working directory.
    public static var runDirectory: String { FileManager.default.currentDirectoryPath + "/.eft" }

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// An interpreter with everything that scripts can use, printing to standard output unless told otherwise.
    public static func makeInterpreter(
        parameters: [String: String] = [:], profile: LineProfile? = nil,
        output: @escaping @Sendable (String) -> Void = { StandardOutput.shared.write($0) }
    ) -> Interpreter {
        var configuration = Environment.configuration()
        configuration.parameters = parameters
        configuration.profile = profile
        configuration.checksFirst = true
        configuration.output = output
        configuration.input = { prompt in
            StandardOutput.shared.write(prompt)
            StandardOutput.shared.flush()
            let line = LineStream.standard.next { (SignalWatch.current?.interruptCount ?? 0) > 0 }
            if line != nil, isatty(STDIN_FILENO) == 1 { StandardOutput.shared.noteLineEnd() }
            return line
        }
        return Interpreter(configuration: configuration)
    }
}
