import Clickstream
import Foundation
import Models
import Tensors
import TestSupport
import Testing
import Text

@testable import FineTuning

/// A checkpoint is the whole state, whole or not at all.
@Suite struct CheckpointTests {
    /// A folder that is gone when the test is over.
    private final class Folder {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("eft-checkpoints-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private final class Words: RandomState {
        var words: [UInt64] = [1, .max]
    }

    private static func tuner(two: Bool, optimizer: OptimizerKind = .adamw, layers: Int = 0) throws -> (EmbeddingsFineTuner, World) {
        let world = try World(Golden.load().worlds.plain)
        let model: any EmbeddingsModelInterface = two ? try World.twoTowers() : try World.tinyBert()
        let params = try FineTuningParams(
            numFixedLayers: layers, queryLR: 0.002, itemsLR: 0.003, queryWeightDecay: 0.01, itemsWeightDecay: 0.01, margin: 0.1,
            notIrrelevantOnly: true, negativeDownsampling: 0.5)
        let tuner = try EmbeddingsFineTuner(
            model: model, itemsSets: world.sets, queryRetriever: TextQueryRetriever(), lossFunc: ProbMarginRankingLoss(),
            fineTuningParams: params, tracker: RecordingTracker(), stepSize: 2, gamma: 0.5, optimizer: optimizer, scheduler: .linear,
            warmupSteps: 2, totalSteps: 8, randomState: 5)
        tuner.outerRandom = Words()
        try tuner.preprocessInputs(world.clickstream())
        try tuner.configureOptimizers()
        return (tuner, world)
    }

    /// All bits that a step can change.
    private static func bits(_ tuner: EmbeddingsFineTuner) -> [[UInt64]] {
        tuner.model.allParameters.map { $0.tensor.detach().doubles().map(\.bitPattern) }
            + tuner.optimizers.flatMap { optimizer in
                optimizer.state.tensors.sorted { $0.key < $1.key }.map { $0.value.doubles().map(\.bitPattern) }
                    + [[optimizer.learningRate.bitPattern]]
            } + [[tuner.featuresExtractor.random.state], tuner.outerRandom?.words ?? []]
    }

    @Test(arguments: [false, true], [OptimizerKind.sgd, .adamw])
    func anotherProcessWouldGoOnToTheSameBits(two: Bool, optimizer: OptimizerKind) throws {
        let folder = try Folder()
        let path = folder.path + "/step-00000003"
        let (first, world) = try Self.tuner(two: two, optimizer: optimizer)
        for k in 0..<3 { try first.trainingStep(world.batch(k), batchIndex: k) }
        first.outerRandom?.words = [7, 0xFFFF_FFFF_FFFF_FFFE]
        try TunerCheckpoint.save(first, to: path, trainer: ["step": 3, "loss": 0.1], fingerprints: [("data", "a")])
        let saved = Self.bits(first)
        for k in 3..<6 { try first.trainingStep(world.batch(k), batchIndex: k) }

        let (second, _) = try Self.tuner(two: two, optimizer: optimizer)
        #expect(Self.bits(second) != saved)
        let checkpoint = try TunerCheckpoint(path)
        #expect(checkpoint.trainer == ["step": 3, "loss": 0.1])
        try checkpoint.restore(to: second)
        #expect(Self.bits(second) == saved)
        #expect("\(second.trainCounts)".contains("5 sessions"))
        for k in 3..<6 { try second.trainingStep(world.batch(k), batchIndex: k) }
        #expect(Self.bits(second) == Self.bits(first))
    }

    /// Numbers that JSON has no numeral for are no reason to lose a checkpoint, and come back.
    @Test func nanAndInfinitySurvive() throws {
        let folder = try Folder()
        let (tuner, _) = try Self.tuner(two: false)
        tuner.valLoss = .infinity
        tuner.lastValidation = [try MetricValue("test_odd", .nan)]
        try TunerCheckpoint.save(
            tuner, to: folder.path + "/c", trainer: ["best": .double(.nan), "loss": .double(-.infinity)], fingerprints: [])
        let checkpoint = try TunerCheckpoint(folder.path + "/c")
        #expect(checkpoint.trainer["best"]?.doubleValue?.isNaN == true && checkpoint.trainer["loss"]?.doubleValue == -.infinity)
        let (other, _) = try Self.tuner(two: false)
        try checkpoint.restore(to: other)
        #expect(other.valLoss == .infinity && other.lastValidation.first?.value.isNaN == true)
    }

    /// Other threads or kernels may give other last bits: that is told, not hidden.
    @Test func anotherMachineIsNoticed() throws {
        let folder = try Folder()
        let (tuner, _) = try Self.tuner(two: false)
        try TunerCheckpoint.save(tuner, to: folder.path + "/c", trainer: .null, fingerprints: [])
        let checkpoint = try TunerCheckpoint(folder.path + "/c")
        #expect(checkpoint.environmentChanges().isEmpty)
        let other = TunerCheckpoint.currentEnvironment.map { (name: $0.name, value: $0.name == "threads" ? "99" : $0.value) }
        #expect(checkpoint.environmentChanges(now: other) == ["threads: \(Parallel.threads) then, 99 now"])
    }

    /// The check value of the CRC catalogue, and zlib.crc32(bytes(range(256)) * 3) of CPython.
    @Test func checksumsAreZipsOwn() {
        func crc(_ bytes: [UInt8]) -> UInt32 {
            var crc = CRC32()
            // In pieces of different lengths: the pieces must not matter.
            for piece in [bytes.prefix(5), bytes.dropFirst(5)] { piece.withUnsafeBytes { crc.update($0) } }
            return crc.value
        }
        #expect(crc(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(crc((0..<3).flatMap { _ in (0...255).map { UInt8($0) } }) == 0xB0C0_DF2A)
        #expect(crc([]) == 0)
    }

    @Test(arguments: ["weights.safetensors", "optimizer.safetensors", "state.json", "checksums.json"])
    func damageIsFoundAndNamed(file: String) throws {
        let folder = try Folder()
        let path = folder.path + "/step-00000001"
        let (tuner, world) = try Self.tuner(two: false)
        try tuner.trainingStep(world.batch(0))
        try TunerCheckpoint.save(tuner, to: path, trainer: .null, fingerprints: [])
        let url = URL(fileURLWithPath: path + "/" + file)
        let whole = try Data(contentsOf: url)
        var flipped = whole
        flipped[whole.count / 2] ^= 1
        for damaged in [flipped, whole.dropLast(1), whole + [0], Data()] where file != "checksums.json" || damaged.count < whole.count {
            try damaged.write(to: url)
            let error = #expect(throws: ModelError.self) { try TunerCheckpoint(path) }
            #expect(error?.file?.hasSuffix(file) == true, "\(error as Any)")
        }
        try FileManager.default.removeItem(at: url)
        #expect(throws: ModelError.self) { try TunerCheckpoint(path) }
        try whole.write(to: url)
        _ = try TunerCheckpoint(path)
    }

    @Test func whatChangedIsListed() throws {
        let folder = try Folder()
        let path = folder.path + "/c"
        let (tuner, _) = try Self.tuner(two: false)
        try TunerCheckpoint.save(tuner, to: path, trainer: .null, fingerprints: [("a", "1"), ("b", "2"), ("c", "3")])
        let checkpoint = try TunerCheckpoint(path)
        #expect(checkpoint.changes(from: [("a", "1"), ("b", "2"), ("c", "3")]).isEmpty)
        #expect(checkpoint.changes(from: [("a", "1"), ("b", "5"), ("d", "4")]) == ["b: 2 then, 5 now", "d is new", "c is gone"])
        #expect(checkpoint.environment.map(\.name) == ["threads", "kernels", "BLAS kernels"])
    }

    /// Every setting, item and frozen weight has its part in the fingerprints.
    @Test func fingerprintsTellTrainingsApart() throws {
        func fingerprints(_ tuner: EmbeddingsFineTuner) throws -> [String: String] {
            Dictionary(uniqueKeysWithValues: try tuner.fingerprints().map { ($0.name, $0.value) })
        }
        let (tuner, world) = try Self.tuner(two: false)
        let same = try fingerprints(tuner)
        #expect(try fingerprints(Self.tuner(two: false).0) == same)
        let (frozen, _) = try Self.tuner(two: false, layers: 1)
        let other = try fingerprints(frozen)
        #expect(Set(same.keys.filter { same[$0] != other[$0] }) == ["parameters of the run", "trainable parameters", "frozen weights"])
        let (sgd, _) = try Self.tuner(two: false, optimizer: .sgd)
        #expect(try fingerprints(sgd)["optimizer"] != same["optimizer"])

        let data = try world.clickstream()["train"]?.fingerprint
        let fewer = try PairedFineTuningInputsDataset(inputs: Array(world.inputs.dropFirst())).fingerprint
        let swapped = try PairedFineTuningInputsDataset(inputs: world.inputs.reversed()).fingerprint
        #expect(Set([data, fewer, swapped]).count == 3)
    }

    @Test func aDirectoryThatCannotBeWrittenIsAnErrorAndTheTunerStays() throws {
        let folder = try Folder()
        let (tuner, world) = try Self.tuner(two: false)
        try tuner.trainingStep(world.batch(0))
        let before = Self.bits(tuner)
        // A file where the folder should be: also root cannot write there.
        let file = folder.path + "/file"
        try Data("x".utf8).write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: ModelError.self) {
            try TunerCheckpoint.save(tuner, to: file + "/step-00000001", trainer: .null, fingerprints: [])
        }
        #expect(error?.kind == .writeFailed && error?.help != nil, "\(error as Any)")
        #expect(Self.bits(tuner) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    /// What a killed write has left is removed by the next one of the same name.
    @Test func leftoversOfAKilledWriteGo() throws {
        let folder = try Folder()
        let (tuner, _) = try Self.tuner(two: false)
        try FileManager.default.createDirectory(atPath: folder.path + "/.step-00000001.ABCD.partial", withIntermediateDirectories: true)
        try TunerCheckpoint.save(tuner, to: folder.path + "/step-00000001", trainer: .null, fingerprints: [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["step-00000001"])
    }

    @Test func aCheckpointOfAnotherModelIsRefused() throws {
        let folder = try Folder()
        let (one, _) = try Self.tuner(two: false)
        try TunerCheckpoint.save(one, to: folder.path + "/c", trainer: .null, fingerprints: [])
        let (two, _) = try Self.tuner(two: true)
        let before = Self.bits(two)
        #expect(throws: ModelError.self) { try TunerCheckpoint(folder.path + "/c").restore(to: two) }
        #expect(Self.bits(two) == before)
    }
}
