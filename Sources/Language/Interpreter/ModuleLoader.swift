import Foundation
import Text

/// Modules that are loaded or being loaded: native tables by name, files by path.
struct ModuleLoader {
    let natives: [String: Namespace]
    let searchPath: [String]
    /// Loaded modules, by name (native) or absolute path (files).
    var loaded: [String: ModuleObject] = [:]
    /// Files whose import is under way, outermost first.
    var loading: [String] = []

    /// Where a module comes from.
    enum Place {
        case native(Namespace)
        case file(String, name: String)
    }

    init(_ configuration: Interpreter.Configuration) {
        var natives: [String: Namespace] = [:]
        for namespace in Prelude.modules + configuration.modules { natives[namespace.name] = namespace }
        self.natives = natives
        searchPath = configuration.searchPath
    }
}

extension Interpreter {
    /// The module that an import means; runs its code the first time.
    ///
    /// - Throws: IOError for a module that cannot be found, ValueError for a cycle; an error inside the module keeps its own place.
    func importModule(_ descriptor: ImportDescriptor, from source: Source) throws -> ModuleObject {
        switch try locate(descriptor.module, from: source) {
        case .native(let namespace):
            if let module = loader.loaded[namespace.name] { return module }
            let module = ModuleObject(namespace)
            loader.loaded[namespace.name] = module
            return module
        case .file(let path, let name): return try importFile(path, name: name)
        }
    }

    /// Finds the module that an import means.
    ///
    /// - Throws: IOError for one that is not there.
    func locate(_ request: ImportDescriptor.Module, from source: Source) throws(ScriptError) -> ModuleLoader.Place {
        let folder = FilePath.parent(source.name)
        switch request {
        case .name(let name):
            // A file of the user's next to the script does not hide a native module: that would break the library.
            if let namespace = loader.natives[name] { return .native(namespace) }
            return try file(name, in: [folder] + loader.searchPath, near: folder)
        case .library(let name): return try file(name, in: loader.searchPath, near: folder)
        case .path(let path):
            let full = FilePath.absolute(
                path.hasPrefix("/") || path.hasPrefix("~") ? FilePath.expanded(path) : (folder.isEmpty ? "." : folder) + "/" + path)
            guard FileManager.default.fileExists(atPath: full) else { throw TextFile.missing(full) }
            return .file(full, name: FilePath.withoutSuffix(FilePath.name(path)))
        }
    }

    private func file(_ name: String, in places: [String], near folder: String) throws(ScriptError) -> ModuleLoader.Place {
        for place in places {
            let path = FilePath.absolute((place.isEmpty ? "." : place) + "/" + name + ".eft")
            if FileManager.default.fileExists(atPath: path) { return .file(path, name: name) }
        }
        throw missingModule(name, folder)
    }

    private func missingModule(_ name: String, _ folder: String) -> ScriptError {
        // Without its library the program lacks modules that every page of the documentation names: that is the news then.
        let isThere: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
        if !loader.searchPath.contains(where: isThere), loader.natives[name] == nil, !configuration.library.isEmpty {
            let place = loader.searchPath.first.map { "\($0) does not exist" } ?? "it is not beside the program"
            return ScriptError(
                .io, "there is no module `\(name)`: the library was not found",
                help: "\(place); EFT_STDLIB names the folder of the library's .eft files")
        }
        return ScriptError(
            .io, "there is no module `\(name)`",
            help: configuration.hints[name] ?? ForeignNames.module(name)
                ?? Spelling.suggestion(for: name, among: moduleNames(near: folder)).map { "did you mean `\($0)`?" }
                ?? "modules are files NAME.eft next to the script or in the library")
    }

    /// The modules that `import` would find from a folder.
    public func moduleNames(near folder: String = "") -> [String] {
        var names = Set(loader.natives.keys)
        for place in [folder.isEmpty ? "." : folder] + loader.searchPath {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
            where file.hasSuffix(".eft") && !file.hasPrefix(".") {
                names.insert(String(file.dropLast(4)))
            }
        }
        return names.sorted()
    }

    private func importFile(_ path: String, name: String) throws -> ModuleObject {
        if let module = loader.loaded[path] { return module }
        if let start = loader.loading.firstIndex(of: path) {
            let chain = (loader.loading[start...] + [path]).map { FilePath.name($0) }
            throw ScriptError(
                .value, "modules import each other: \(chain.joined(separator: " -> "))", help: "move what both need into a third module")
        }
        let source = Source(name: displayPath(path), bytes: Array(try TextFile.read(path)))
        loader.loading.append(path)
        defer { loader.loading.removeLast() }
        let module = ModuleObject(name: name)
        modules.append(module)
        let prototype: Prototype
        do {
            prototype = try compile(source, in: module)
        } catch let error as Diagnostics {
            throw ScriptError(diagnostics: error)
        }
        _ = try machine.call(.function(FunctionObject(prototype: prototype, captures: [])), [], keywords: [])
        loader.loaded[path] = module
        return module
    }

    /// Paths below the working folder are shown relative to it.
    private func displayPath(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}

extension ScriptError {
    /// Errors found before a module could run, as one error with the place of the first.
    init(diagnostics: Diagnostics) {
        guard let first = diagnostics.list.first else {
            self.init(.syntax, "the module has errors")
            return
        }
        let object = ErrorObject(first.kind, first.message, help: first.help, notes: first.notes)
        object.trace = ErrorTrace(labels: first.labels, stack: [])
        self.init(raising: object)
    }
}
