/// What is said where the reference has images: this library encodes texts only.
enum ImageModels {
    static let absence = "image models are not there: eft encodes texts only; give an item a text, such as its title or a caption"

    /// Names of the reference that have to do with images.
    static let hints = ["TextToImageCLIPModel", "CLIPItemSetManager", "CLIPItemsDatasetDictPreprocessor", "CLIPModel"].reduce(into: [:]) {
        $0[$1] = absence
    }
}
