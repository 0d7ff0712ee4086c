/// What is said where other libraries have a name for what is found under another one here.
enum ImageModels {
    static let hints = [
        "CLIPModel": "use `TextToImageCLIPModel(directory)`, or `load_model(directory)`",
        "CLIPItemsDatasetDictPreprocessor": "use `CLIPItemSetManager(…)`", "CLIPImageProcessor": "use `load_image(path, model)`",
    ]
}
