import Language

/// What the checker, completion and the reference know of the engine's objects: a row for each type, with its attributes and their types.
enum HostTypeTable {
    static let types = HostTypes(tensors + models + data + fineTuning + experiments, callbacks: callbacks)

    private static let tensors = [
        HostType(
            "tensor", "shape: tuple, dtype: dtype, ndim: int, T: tensor, grad: tensor | none, requires_grad: bool",
            methods: TensorNamespace.methods, hints: TorchNames.attributes,
            doc: "A dense array of f32, f64, i32 or bool. Operators are elementwise and broadcast; `@` is the matrix product."),
        HostType("dtype", isOpen: true, doc: "The type of a tensor's elements."),
    ]

    private static let models = [
        HostType(
            "EmbeddingModel",
            """
            dimension: int, max_length: int, layers: int, training: bool, directory: str, query_prefix: str, item_prefix: str, pooling: str, \
            same_query_and_items: bool, is_named_inputs: bool, frozen_cache: dict, frozen_cache_mib: int
            """, methods: ModelNamespace.methods, hints: TorchNames.models, doc: "An encoder of texts."),
        HostType(
            "TextToImageCLIPModel",
            """
            dimension: int, max_length: int, text_layers: int, image_layers: int, image_size: int, training: bool, directory: str, \
            same_query_and_items: bool, is_named_inputs: bool, frozen_cache_mib: int
            """, methods: ClipModelObject.methods, doc: "An encoder of texts and one of images."),
        HostType(
            "TwoTowerModel",
            "query_model: any, items_model: any, dimension: int, training: bool, same_query_and_items: bool, is_named_inputs: bool",
            methods: TwoTowerObject.methods, doc: "A model for the queries and one for the items."),
        HostType(
            "HeadModel", "dimension: int, training: bool, head_parameters: list[tensor], same_query_and_items: bool, is_named_inputs: bool",
            methods: HeadModelObject.methods, doc: "An encoder with a function behind it."),
        HostType("SGD", "lr: float", methods: OptimizerObject.methods, doc: "Stochastic gradient descent."),
        HostType("AdamW", "lr: float", methods: OptimizerObject.methods, doc: "Adam with decoupled weight decay."),
        HostType("Schedule", "last_epoch: int, lr: float", methods: ScheduleObject.methods, doc: "The schedule of a learning rate."),
    ]

    private static let data = [
        HostType(
            "ItemsSet", "ids: list[str], texts: list[str], contents: list, item_field_name: str, id_field_name: str",
            methods: ClickstreamNamespace.itemsMethods, doc: "Items with their texts or images, by id."),
        HostType(
            "FineTuningInput",
            """
            query: any, results: list[str], events: list[str], not_events: list[str], ranks: dict, event_types: list | none, \
            timestamp: int | none, is_irrelevant: bool, part_to_object_dict: any
            """, methods: ClickstreamNamespace.inputMethods, element: "str", doc: "A session: a query, the results shown, those clicked."),
        HostType(
            "PairedFineTuningInputsDataset",
            """
            irrelevant: list[FineTuningInput], not_irrelevant: list[FineTuningInput], irrelevant_ids: list[str], \
            not_irrelevant_ids: list[str]
            """, doc: "Sessions in pairs, with a click and without."),
        HostType("DatasetDict", "train: any, test: any", element: "str", doc: "Data sets by split."),
        HostType("TrainTestSplitter", methods: SplitterObject.methods, doc: "Splits sessions into training and test."),
        HostType(
            "SessionReport",
            """
            sessions: int, queries: int, results: int, clicks: int, trainable: int, obstacles: dict, without_ranks: int, duplicates: int, \
            stray_events: int, click_rates: list, unknown_ids: dict | none, repeated_items: int | none
            """, doc: "What `describe` says of sessions."),
        HostType("DataSource", doc: "Where records come from."),
        HostType("SessionStream", element: "FineTuningInput", doc: "Sessions as a file gives them, one by one."),
        HostType("ClickstreamSessionConverter", methods: ConverterObject.methods, doc: "Turns logged sessions into inputs and items."),
        HostType("TextQueryItem", "text: str", isOpen: true, doc: "A query with a text and further fields."),
        HostType("Table", methods: TableObject.methods, element: "dict", isOpen: true, doc: "Rows under named columns."),
        HostType("Chart", methods: ChartObject.methods, doc: "A chart, shown in the terminal or saved."),
    ]

    private static let fineTuning = [
        HostType(
            "FineTuningFeatures",
            """
            positive_ranks: f32[pairs] | none, negative_ranks: f32[pairs] | none, target: f32[pairs] | none, \
            positive_confidences: f32[pairs] | none, negative_confidences: f32[pairs] | none, queries: f32[b, d], items: f32[b, d], known: tensor
            """, methods: FeaturesObject.methods, doc: "The pairs of a training step as a loss reads them; the last three in a batch only."),
        HostType(
            "EmbeddingsFineTuner",
            """
            features_extractor: FeaturesExtractor, fine_tuning_params: FineTuningParams, val_loss: float | none, validation: dict, \
            accumulated: dict, learning_rates: list[float], total_steps: int | none, counts: dict, masking_rate: float | none, \
            trainable_parameters: int, reads_in_batch: bool, settings: dict | none, unfinished: any, frozen_cache: dict
            """, methods: TunerObject.methods, doc: "Fine-tunes a model on sessions, a batch at a time."),
        HostType(
            "FineTuningParams",
            """
            id: str, num_fixed_layers: int, query_lr: float, items_lr: float, query_weight_decay: float, items_weight_decay: float, \
            margin: float, not_irrelevant_only: bool, negative_downsampling: float, min_abs_difference_threshold: float, \
            max_abs_difference_threshold: float, examples_order: list[int]
            """, doc: "The hyper-parameters of one run."),
        HostType(
            "FineTuningSettings",
            """
            loss_func: any, metric_calculators: list | none, ranker: any, is_similarity: bool, confidence_calculator: any, step_size: int, \
            gamma: float, num_epochs: int, batch_size: int, test_each_n_inputs: float, optimizer: str, scheduler: str, warmup_steps: int
            """, doc: "What stays the same over the runs of a task."),
        HostType(
            "FeaturesExtractor",
            """
            is_similarity: bool, not_irrelevant_only: bool, negative_downsampling_factor: float, min_abs_difference_threshold: float, \
            max_abs_difference_threshold: float, examples_order: list[int]
            """, methods: ExtractorObject.methods, call: ExtractorObject.features, doc: "Makes the features of a batch of pairs."),
        HostType("QueryRetriever", methods: RetrieverObject.methods, doc: "Gives the text of an input's query."),
        HostType(
            "RankingLoss", "margin: float, do_fine_small_difference: bool, scale: float, mask_known: bool", methods: LossObject.methods,
            isGroup: true, doc: "A loss of the library, callable with features."),
        HostType(
            "StepThrough",
            """
            loss: float | none, losses: list[float], grad_norm: float | none, position: int, features: FineTuningFeatures | none, \
            batch: list | none, learning_rates: list[float], stopped: str | none, forgotten: int
            """, methods: StepThroughObject.methods, doc: "A walk through training, step by step and back."),
        HostType("TunerSnapshot", doc: "A state of a tuner that it can go back to."),
        HostType("RankingData", "clickstream: DatasetDict, items: DatasetDict", doc: "Sessions and items, prepared for training."),
        HostType("MetricValue", "name: str, value: float", methods: MetricObject.methods, doc: "One measured number and its name."),
        HostType(
            "SearchIndexInfo", "dimensions: int, metric_type: str, metric_aggregation_type: str",
            doc: "What a search index does with vectors."),
        HostType(
            "ImprovementInput", "session_id: str, query: tensor, clicked_elements: list[tensor], non_clicked_elements: list[tensor]",
            doc: "A session whose vectors are to be improved."),
    ]

    private static let experiments = [
        HostType(
            "ExperimentsManager",
            "main_metric: str, plugin_name: str, run_id: str | none, is_loss: bool, iteration: FineTuningIteration | none, wrapper: TrackingStore",
            methods: ManagerObject.methods,
            doc: "Keeps runs and their metrics."),
        HostType("TrackingStore", "", doc: "Where runs are kept: a file, memory, or an MLflow server."),
        HostType("FineTuningIteration", "batch_id: str, run_id: str, plugin_name: str", doc: "Which runs belong together."),
        HostType("RetryParams", doc: "How often something is tried."),
        HostType("RetryConfig", doc: "How often each request to a server is tried."),
        HostType("MetricsAccumulator", "name: str", methods: AccumulatorObject.methods, doc: "What is stored of a metric."),
        HostType("TreeParzenSearch", methods: SearchObject.methods, doc: "Suggests hyper-parameters."),
        HostType("SearchRange", doc: "A range of numbers that a search may choose from."),
        HostType("Cell", "seed: int, params: dict", isOpen: true, doc: "The parameters and the seed of a cell of an ablation."),
        HostType("Sweep", isOpen: true, doc: "The cells of an ablation and what came of them."),
        HostType("LivePlot", methods: LivePlot.methods, doc: "Curves that are drawn as they grow."),
        HostType("ProgressBar", methods: ProgressObject.methods, doc: "How far a long job is."),
    ]

    /// What the fine-tuner calls the functions with that it is given in place of its parts.
    private static let callbacks: [String: [String: [TypeExpression]]] = {
        let parts: [String: [TypeExpression]] = [
            "loss_func": [.named("FineTuningFeatures")],
            "metric_calculators": [.any, .named("FeaturesExtractor"), .named("ItemsSet"), .named("QueryRetriever")],
        ]
        return ["EmbeddingsFineTuner": parts, "FineTuningSettings": parts]
    }()
}
