import ArgumentParser
import Console

/// `eft info`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show versions, the kernel in use and why, threads, and where models, cache, history and runs are kept.")

    func run() {
        for line in SystemInformation.lines() { StandardOutput.shared.write(line + "\n") }
    }
}
