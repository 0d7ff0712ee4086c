import Clickstream
import Foundation
import Images
import Language
import Models
import Tensors

/// Image files, and items that are images.
enum ImageNamespace {
    static let functions = Namespace(
        "images", doc: "Image files as the items of CLIP models.",
        [
            Builtin(
                "load_image", "(path: str, model: TextToImageCLIPModel | none = none, size: int = 224) -> f32[3, height, width]",
                doc: """
                    A PNG or JPEG file as a vision model reads it, f32[3, size, size]: resized (bicubic, its shorter side to `size`), cut to the \
                    middle, and normalised, as Hugging Face's CLIPImageProcessor does it with the settings of the model's directory, or with \
                    CLIP's own for `size`. Needs libgd (apt-get install libgd3).
                    """,
                example: "load_image(f\"{images}/photo_120x75.jpg\", clip).shape == (3, 32, 32)"
            ) { call in
                .tensor(try pixels(call.string(0), preprocessing(call, model: 1, size: 2)).tensor)
            },
            Builtin(
                "CLIPItemSetManager",
                "(item_field_name: str = \"image\", id_field_name: str = \"item_id\", n_pixels: int = 224, model: TextToImageCLIPModel | none = none, \(RecordsNamespace.managerOptions), do_augmentation_before_preprocess: bool = false) -> ItemSetManager",
                doc: """
                    An ItemSetManager of records with the path of an image file in one field, which become the pixel values that a CLIP model \
                    reads: `n_pixels` high and wide, prepared as `load_image` does it, with the settings of `model` if one is given.
                    """,
                example: """
                    records = [{"item_id": x, "image": f"{images}/{f}"} for x, f in [("a", "photo_120x75.jpg"), ("b", "gray_64x64.png")]]; \
                    s = PairedFineTuningInputsDataset([FineTuningInput("boots", ["a", "b"], ["a"])]); \
                    shown, _ = CLIPItemSetManager(model = clip)(records, DatasetDict(train = s, test = s)); \
                    assert shown.train["a"].shape == (3, 32, 32)
                    """
            ) { call in
                let field = try call.string(0)
                let steps = try preprocessing(call, model: 3, size: 2)
                _ = try DatasetFieldsNormalizer(itemFieldName: field, idFieldName: try call.string(1))
                let interpreter = call.interpreter
                let preprocessor = ItemsPreprocessor(idFieldName: try call.string(1), itemFieldName: field) { record in
                    try interpreter.checkInterrupt()
                    guard let path = record[field]?.stringValue else {
                        throw ScriptError.key(
                            "CLIPItemSetManager: a record has no path of an image in its field `\(field)`",
                            help: "its fields are \(record.keys.joined(separator: ", ")); name the field: item_field_name = …")
                    }
                    return .image(try pixels(path, steps))
                }
                return try RecordsNamespace.manager(call, preprocessor, options: 4)
            },
        ])

    private static func pixels(_ path: String, _ steps: ImagePreprocessing) throws -> PixelValues {
        let path = (path as NSString).expandingTildeInPath
        let image = try RasterImage(reading: path)
        guard let pixels = steps(image) else {
            throw ImageError(
                .tooLarge, file: path, "is \(image.width) x \(image.height) pixels: too long and thin to be resized",
                help: "Cut the image to the part that matters")
        }
        return pixels
    }

    /// The steps of a model, or CLIP's own for a size.
    private static func preprocessing(_ call: borrowing BuiltinCall, model: Int, size: Int) throws -> ImagePreprocessing {
        let pixels = try call.int(size)
        guard (1...4096).contains(pixels) else {
            throw ScriptError.value("\(call.builtin.name): an image must be 1 to 4096 pixels high and wide, not \(pixels)")
        }
        guard call.isGiven(model) else { return .clip(size: pixels) }
        return try call.host(model, as: ClipModelObject.self).model.preprocessing
    }
}
