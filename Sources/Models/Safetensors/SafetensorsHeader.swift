import Text

/// The directory of a safetensors file: an 8-byte length, a JSON object of that length, then the tensors' bytes.
/// https://github.com/huggingface/safetensors#format
struct SafetensorsHeader {
    struct Entry: Equatable, Sendable {
        let name: String
        let dtype: SafetensorsDType
        let shape: [Int]
        /// Where the tensor lies in the file (not, as written in the header, behind the header).
        let bytes: Range<Int>
    }

    /// In the order of their bytes.
    let entries: [Entry]
    let metadata: [(key: String, value: String)]

    /// Headers beyond this are refused by the format's own reader too.
    static let maximumLength = 100_000_000

    /// The header's length from the first eight bytes of a file of `fileSize` bytes.
    static func length(_ prefix: some Collection<UInt8>, fileSize: Int, path: String) throws(ModelError) -> Int {
        guard prefix.count >= 8, fileSize >= 8 else {
            throw ModelError(
                .truncated, "too short to be a safetensors file", file: path, expected: "at least 8 bytes", found: "\(fileSize)",
                help: refetch)
        }
        let length = prefix.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(maximumLength) else {
            throw ModelError(
                .malformed, "not a safetensors file: the length of the header is absurd", file: path,
                expected: "at most \(maximumLength) bytes", found: "\(length)", help: refetch)
        }
        guard Int(length) <= fileSize - 8 else {
            throw ModelError(
                .truncated, "the file ends inside the header", file: path, expected: "\(length) bytes of header", found: "\(fileSize - 8)",
                help: refetch)
        }
        return Int(length)
    }

    static let refetch = "The file is damaged or cut short: fetch it again"

    /// Reads the JSON of the header; `dataStart` is where the tensors' bytes begin, `fileSize` where they must end.
    init(_ json: [UInt8], dataStart: Int, fileSize: Int, path: String) throws(ModelError) {
        guard case .object(let members) = try ModelFile.parse(json, path: path) else {
            throw ModelError(.malformed, "the header is not a JSON object", file: path, help: Self.refetch)
        }
        var entries: [Entry] = []
        var metadata: [(key: String, value: String)] = []
        if let twice = members.repeatedKeys.first {
            throw ModelError(.malformed, "the header lists it twice", file: path, tensor: twice)
        }
        for member in members {
            if member.key == "__metadata__" {
                metadata = (member.value.objectValue ?? [:]).compactMap { entry in entry.value.stringValue.map { (entry.key, $0) } }
            } else {
                entries.append(try Self.entry(member, dataStart: dataStart, fileSize: fileSize, path: path))
            }
        }
        entries.sort { $0.bytes.lowerBound < $1.bytes.lowerBound }
        for (first, second) in zip(entries, entries.dropFirst()) where first.bytes.upperBound > second.bytes.lowerBound {
            guard !first.bytes.isEmpty, !second.bytes.isEmpty else { continue }
            throw ModelError(
                .malformed, "its bytes overlap those of \(first.name)", file: path, tensor: second.name,
                expected: "a start at or behind \(first.bytes.upperBound - dataStart)", found: "\(second.bytes.lowerBound - dataStart)",
                help: Self.refetch)
        }
        self.entries = entries
        self.metadata = metadata
    }

    private static func entry(
        _ member: (key: String, value: JSONValue), dataStart: Int, fileSize: Int, path: String
    ) throws(ModelError) -> Entry {
        func wrong(_ field: String, _ expected: String) -> ModelError {
            let value = member.value[field]
            return ModelError(
                .malformed, "\(field) is \(value == nil ? "missing" : "wrong")", file: path, tensor: member.key, expected: expected,
                found: value?.kindName, help: refetch)
        }
        guard let typeName = member.value["dtype"]?.stringValue else { throw wrong("dtype", "the name of an element type") }
        guard let dtype = SafetensorsDType(rawValue: typeName) else {
            throw ModelError(
                .unsupported, "an element type that this library does not read", file: path, tensor: member.key,
                expected: "F32, F16, BF16 or F64", found: typeName, help: "Convert the weights to float32")
        }
        guard let sizes = member.value["shape"]?.arrayValue else { throw wrong("shape", "an array of sizes") }
        var shape: [Int] = []
        var count = 1
        for size in sizes {
            guard let size = size.integer, size >= 0 else { throw wrong("shape", "sizes that are whole numbers, none negative") }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw wrong("shape", "a number of elements that fits in memory") }
            shape.append(size)
            count = product
        }
        guard let offsets = member.value["data_offsets"]?.arrayValue, offsets.count == 2, let start = offsets[0].integer,
            let end = offsets[1].integer, start >= 0, end >= start
        else { throw wrong("data_offsets", "a start and an end") }
        let (length, overflow) = count.multipliedReportingOverflow(by: dtype.size)
        guard !overflow, end - start == length else {
            throw ModelError(
                .malformed, "data_offsets do not fit the shape \(shape) of \(typeName)", file: path, tensor: member.key,
                expected: overflow ? "a size that fits in memory" : "\(length) bytes", found: "\(end - start)", help: refetch)
        }
        guard end <= fileSize - dataStart else {
            throw ModelError(
                .truncated, "its bytes lie behind the end of the file", file: path, tensor: member.key,
                expected: "\(end) bytes of tensors in the file", found: "\(fileSize - dataStart)", help: refetch)
        }
        return Entry(name: member.key, dtype: dtype, shape: shape, bytes: dataStart + start..<dataStart + end)
    }
}
