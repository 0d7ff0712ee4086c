import Foundation

/// A real MLflow server on the loopback interface with an SQLite file, started when first asked for and ended with the tests.
///
/// It comes from `${EFT_HOME:-~/.cache/eft}/mlflow`, where `scripts/setup --for test` puts it.
public final class MLflowServer: Sendable {
    public let port: UInt16
    public var address: String { "http://127.0.0.1:\(port)" }
    private let folder: URL
    private let process: ProcessBox

    /// The server of all tests.
    public static let shared = Result { try MLflowServer() }

    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    private final class ProcessBox: @unchecked Sendable {
        let process = Process()
        let input = Pipe()
    }

    public static let environment: URL = {
        let home = ProcessInfo.processInfo.environment["EFT_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory() + "/.cache/eft"
        return URL(fileURLWithPath: home).appendingPathComponent("mlflow")
    }()

    private static var python: String { environment.appendingPathComponent("bin/python").path }

    private init() throws {
        guard FileManager.default.isExecutableFile(atPath: Self.python) else {
            throw Missing(description: "there is no MLflow in \(Self.environment.path): run scripts/setup --for test")
        }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("eft-mlflow-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try TCPProxy.freePort()
        process = ProcessBox()
        // The server ends when its shell's input does, however the tests end.
        process.process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.process.arguments = [
            "setsid", "bash", "-c", "\"$@\" </dev/null >\"$LOG\" 2>&1 & cat >/dev/null; rm -rf \"$FOLDER\"; kill -KILL -- -$$", "mlflow",
            Self.python,
            "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", "\(port)", "--workers", "1", "--backend-store-uri",
            "sqlite:///\(folder.path)/mlflow.db", "--artifacts-destination", folder.appendingPathComponent("artifacts").path,
        ]
        var environment = ProcessInfo.processInfo.environment
        environment.merge(
            [
                "LOG": folder.appendingPathComponent("log").path, "FOLDER": folder.path, "MLFLOW_DISABLE_TELEMETRY": "true",
                "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            ], uniquingKeysWith: { $1 })
        process.process.environment = environment
        process.process.standardInput = process.input
        try process.process.run()
        for _ in 0..<1200 {
            if TCPProxy.canConnect(port) { return }
            guard process.process.isRunning else { break }
            Thread.sleep(forTimeInterval: 0.1)
        }
        let log = (try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)) ?? ""
        throw Missing(description: "the MLflow server did not start: \(log.suffix(2000))")
    }

    /// Runs a program with MLflow's own Python client as `client`, and returns what it prints.
    public func python(_ program: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = ["-c", "import json\nfrom mlflow import MlflowClient\nclient = MlflowClient('\(address)')\n" + program]
        process.standardInput = FileHandle.nullDevice
        var environment = ProcessInfo.processInfo.environment
        environment["MLFLOW_DISABLE_TELEMETRY"] = "true"
        environment["MLFLOW_TRACKING_URI"] = address
        process.environment = environment
        let text = try process.output()
        guard process.terminationStatus == 0 else { throw Missing(description: "the Python client failed") }
        return text
    }
}
