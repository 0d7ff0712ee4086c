import Foundation
import Text

/// Writes safetensors files as the format's own writer does: larger element types first, then by name, and the header padded with
/// spaces to a multiple of 8, so that the same tensors give the same bytes.
package enum SafetensorsWriter {
    /// Writes beside `url`, brings the bytes to the disk, then renames: a reader sees the old file or the new one, never a half.
    package static func write(_ tensors: [StoredTensor], metadata: [(key: String, value: String)], to url: URL) throws(ModelError) {
        let tensors = tensors.sorted { ($1.dtype.size, $0.name) < ($0.dtype.size, $1.name) }
        var header = "{"
        if !metadata.isEmpty {
            header +=
                "\"__metadata__\":{" + metadata.map { "\(JSONWriter.quoted($0.key)):\(JSONWriter.quoted($0.value))" }.joined(separator: ",")
                + "},"
        }
        var offset = 0
        header += tensors.map { tensor in
            let range = offset..<offset + tensor.bytes.count
            offset = range.upperBound
            return "\(JSONWriter.quoted(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":["
                + tensor.shape.map(String.init).joined(separator: ",")
                + "],\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}"
        }.joined(separator: ",")
        header += "}"
        var headerBytes = Array(header.utf8)
        headerBytes += Array(repeating: 0x20, count: (8 - headerBytes.count % 8) % 8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: headerBytes.count >> ($0 * 8)) }
        try AtomicFile.write([Data(length), Data(headerBytes)] + tensors.map(\.bytes), to: url)
    }
}
