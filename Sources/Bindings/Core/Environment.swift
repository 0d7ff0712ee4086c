import Foundation
import Language

/// The language with everything of the engine in it.
public enum Environment {
    /// Functions that every script sees without import.
    public static let builtins: [Namespace] = [
        TensorNamespace.functions, DataNamespace.functions, ClickstreamNamespace.functions, RecordsNamespace.functions,
        PartsNamespace.functions, AugmentationNamespace.functions, ModelNamespace.functions, ImageNamespace.functions,
        RetrievalNamespace.functions, OptimizerObject.functions, FineTuningNamespace.functions, ExtractionNamespace.functions,
        CheckpointNamespace.functions,
        PreparationNamespace.functions, SelectionNamespace.functions, ExperimentsNamespace.functions,
        SearchNamespace.functions, SweepNamespace.functions, RunsNamespace.functions, ProgressObject.functions, DisplayNamespace.functions,
    ]

    /// Native modules for `import`.
    public static let modules: [Namespace] = [DataNamespace.json, StatisticsModule.table]

    /// A configuration with all of it; the caller sets output, parameters and limits.
    public static func configuration() -> Interpreter.Configuration {
        var configuration = Interpreter.Configuration()
        configuration.builtins = builtins
        configuration.modules = modules
        configuration.library = standardNames
        configuration.typeNames = typeNames
        configuration.hints = TorchNames.functions.merging(ImageModels.hints) { first, _ in first }
        configuration.searchPath = standardLibrary.map { [$0] } ?? []
        configuration.tensorCheck = TensorAnnotation.mismatch
        configuration.shapes = TensorShapes.host
        configuration.hostTypes = { HostTypeTable.types }
        return configuration
    }

    /// Types of the engine's objects, for annotations.
    static let typeNames: Set<String> = [
        "Cell", "Chart", "ClickstreamSessionConverter", "DatasetDict", "DataSource", "EmbeddingModel", "EmbeddingsFineTuner",
        "ExperimentsManager",
        "FeaturesExtractor", "FineTuningFeatures", "FineTuningInput", "FineTuningIteration", "FineTuningParams", "FineTuningSettings",
        "HeadModel", "ImprovementInput",
        "ItemSetManager", "ItemsSet", "ItemsSetSplitter", "LivePlot", "MetricValue", "MetricsAccumulator", "PairedFineTuningInputsDataset",
        "ProgressBar",
        "QueryRetriever", "RankingData", "RetryConfig", "RetryParams", "SearchIndexInfo", "SearchRange", "SessionReport", "SessionStream",
        "StepThrough", "Sweep",
        "Table",
        "TextQueryItem",
        "TextToImageCLIPModel",
        "TrainTestSplitter", "TreeParzenSearch", "TunerSnapshot",
        "TwoTowerModel", "dtype",
    ]

    /// Names that are found in a module of the standard library when first used.
    public static let standardNames = [
        "fit": "trainer", "validate": "trainer", "EarlyStopping": "trainer", "evaluate": "metrics", "minimize": "search",
        "fine_tune_embedding_model_one_param": "iterations", "finetune_embedding_model": "iterations", "INITIAL_PARAMS": "iterations",
        "ablate": "ablations",
        "one_at_a_time": "ablations",
    ]

    /// The folder of the standard library: `EFT_STDLIB`, or `stdlib` beside or above the program.
    public static let standardLibrary: String? = {
        if let folder = getenv("EFT_STDLIB"), folder.pointee != 0 { return String(cString: folder) }
        guard let program = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(program) }
        var folder = String(cString: program)[...]
        while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            folder = folder[..<slash]
            for candidate in ["/stdlib", "/share/eft/stdlib"] where access(folder + candidate + "/losses.eft", F_OK) == 0 {
                return folder + candidate
            }
        }
        return nil
    }()
}
