import Foundation
import Images

extension ImagePreprocessing {
    /// What `preprocessor_config.json` (or `image_processor` in the `processor_config.json` of later versions) asks for; CLIP's own steps
    /// where the directory has neither. A step that is not mentioned is done, as `CLIPImageProcessor` does it.
    ///
    /// Throws unless images come out as squares of `imageSize`, in three channels.
    init(in directory: URL, imageSize: Int) throws(ModelError) {
        guard let (file, prefix) = try Self.file(in: directory) else {
            self = .clip(size: imageSize)
            return
        }
        let resizes = try file.optionalBool(prefix + "do_resize") ?? true
        let crops = try file.optionalBool(prefix + "do_center_crop") ?? true
        let rescales = try file.optionalBool(prefix + "do_rescale") ?? true
        let normalizes = try file.optionalBool(prefix + "do_normalize") ?? true
        if resizes, let filter = try file.optionalInteger(prefix + "resample"), filter != 3 {
            throw ModelError(
                .unsupported, "another way of resizing", file: file.path, field: prefix + "resample", expected: "3 (bicubic)",
                found: "\(filter)")
        }
        let crop: (width: Int, height: Int) =
            switch try Self.size(file, prefix + "crop_size") {
            case .shortestEdge(let edge)?: (edge, edge)
            case .exact(let width, let height)?: (width, height)
            case nil: (imageSize, imageSize)
            }
        let size = try Self.size(file, prefix + "size") ?? .shortestEdge(imageSize)
        self.init(
            size: resizes ? size : nil, crop: crops ? crop : nil,
            rescaleFactor: rescales ? try file.optionalNumber(prefix + "rescale_factor") ?? 1 / 255 : nil,
            normalization: normalizes
                ? (
                    try Self.numbers(file, prefix + "image_mean") ?? Self.clipMean,
                    try Self.numbers(file, prefix + "image_std", areDivisors: true) ?? Self.clipDeviation
                ) : nil)
        let isSquare = crops ? crop == (imageSize, imageSize) : resizes && size == .exact(width: imageSize, height: imageSize)
        guard isSquare else {
            throw ModelError(
                .malformed, "the images do not come out in the model's size", file: file.path,
                field: prefix + (crops ? "crop_size" : "do_center_crop"), expected: "\(imageSize) x \(imageSize), as config.json says",
                found: crops ? "\(crop.width) x \(crop.height)" : "false")
        }
    }

    /// The file that describes the steps, and what its fields' names begin with.
    private static func file(in directory: URL) throws(ModelError) -> (ModelFile, String)? {
        let own = directory.appendingPathComponent("preprocessor_config.json")
        if FileManager.default.fileExists(atPath: own.path) { return (try ModelFile(reading: own), "") }
        let shared = directory.appendingPathComponent("processor_config.json")
        guard FileManager.default.fileExists(atPath: shared.path) else { return nil }
        let file = try ModelFile(reading: shared)
        return file.value("image_processor")?.objectValue == nil ? nil : (file, "image_processor.")
    }

    /// A number, as in older files, or an object with `shortest_edge` or with `height` and `width`.
    private static func size(_ file: ModelFile, _ field: String) throws(ModelError) -> Size? {
        guard let value = file.value(field), value != .null else { return nil }
        let largest = 1 << 14
        func side(_ name: String) throws(ModelError) -> Int {
            let side = try file.positiveInteger(name)
            guard side <= largest else {
                throw ModelError(
                    .malformed, "the images would be too large", file: file.path, field: name, expected: "at most \(largest)",
                    found: "\(side)")
            }
            return side
        }
        if value.integer != nil { return .shortestEdge(try side(field)) }
        if value["shortest_edge"] != nil, file.value(field + ".longest_edge") == nil {
            return .shortestEdge(try side(field + ".shortest_edge"))
        }
        guard value["height"] != nil, value["width"] != nil else {
            throw file.malformed(field, expected: "a number, shortest_edge, or height and width")
        }
        return .exact(width: try side(field + ".width"), height: try side(field + ".height"))
    }

    private static func numbers(_ file: ModelFile, _ field: String, areDivisors: Bool = false) throws(ModelError) -> [Double]? {
        guard let value = file.value(field), value != .null else { return nil }
        let numbers = value.arrayValue?.compactMap(\.doubleValue).filter { $0.isFinite && (!areDivisors || $0 != 0) }
        guard let numbers, numbers.count == 3, value.arrayValue?.count == 3 else {
            throw file.malformed(field, expected: areDivisors ? "three numbers other than 0" : "three numbers")
        }
        return numbers
    }
}
