import Foundation
import Testing

@testable import FineTuning

@Suite struct FineTuningParamsTests {
    /// Texts and ids of four parameter sets, from the reference.
    @Test func textsAndIdsAreThoseOfTheReference() throws {
        let cases = try Golden.load().fine_tuning_params.array
        #expect(cases.count == 4)
        for golden in cases {
            let values = golden.values
            let params = try FineTuningParams(
                numFixedLayers: values.num_fixed_layers.int, queryLR: values.query_lr.double, itemsLR: values.items_lr.double,
                queryWeightDecay: values.query_weight_decay.double, itemsWeightDecay: values.items_weight_decay.double,
                margin: values.margin.double, notIrrelevantOnly: values.not_irrelevant_only.bool,
                negativeDownsampling: values.negative_downsampling.double,
                minAbsDifferenceThreshold: values.min_abs_difference_threshold.double,
                maxAbsDifferenceThreshold: values.max_abs_difference_threshold.double,
                examplesOrder: values.examples_order.array.map { try ExamplesType(number: $0.int) })
            #expect(params.description == golden.str.string)
            #expect(params.id == golden.id.string)
        }
    }

    func params(
        layers: Int = 0, queryLR: Double = 1e-4, itemsLR: Double = 1e-4, queryDecay: Double = 0, itemsDecay: Double = 0,
        margin: Double = 0.1
    ) throws -> FineTuningParams {
        try FineTuningParams(
            numFixedLayers: layers, queryLR: queryLR, itemsLR: itemsLR, queryWeightDecay: queryDecay, itemsWeightDecay: itemsDecay,
            margin: margin, notIrrelevantOnly: true, negativeDownsampling: 0.5)
    }

    @Test func namesTheFirstBadNumber() throws {
        let error = #expect(throws: FineTuningError.self) { try params(layers: -1) }
        #expect(error?.message == "-1 must be a non-negative integer (num_fixed_layers)")
        for bad in [0, -1, .nan, .infinity] {
            let query = #expect(throws: FineTuningError.self) { try params(queryLR: bad) }
            #expect(query?.message == "\(PythonText.of(bad)) must be a positive float (query_lr)")
            #expect(throws: FineTuningError.self) { try params(itemsLR: bad) }
        }
        for bad in [-1e-9, .nan, .infinity] {
            #expect(throws: FineTuningError.self) { try params(queryDecay: bad) }
            #expect(throws: FineTuningError.self) { try params(itemsDecay: bad) }
            let margin = #expect(throws: FineTuningError.self) { try params(margin: bad) }
            #expect(margin?.message == "\(PythonText.of(bad)) must be a non-negative float (margin)")
        }
        #expect(try params(margin: 0).margin == 0)
    }

    @Test func examplesTypes() throws {
        for (name, number) in try Golden.load().examples_types.dictionary {
            #expect(try ExamplesType(number: number.int).name == name)
        }
        #expect(ExamplesType.allCases.count == 11)
        #expect(try ExamplesType.list("11, 1") == [.allExamples, .mediumAll])
        for bad in ["", "11,", "a", "0", "12", "1.0"] {
            #expect(throws: FineTuningError.self) { try ExamplesType.list(bad) }
        }
    }

    /// `repr` of CPython 3.
    @Test(arguments: [
        (1.0, "1.0"), (0.0, "0.0"), (-0.0, "-0.0"), (1e-4, "0.0001"), (1e-5, "1e-05"), (1.5e-5, "1.5e-05"), (1e15, "1000000000000000.0"),
        (1e16, "1e+16"), (123456.789, "123456.789"), (1.0 / 3, "0.3333333333333333"), (-2.5e-10, "-2.5e-10"), (1e100, "1e+100"),
        (Double.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (12345678901234567.0, "1.2345678901234568e+16"),
        (100.0, "100.0"), (0.1 + 0.2, "0.30000000000000004"), (9007199254740993.0, "9007199254740992.0"), (.infinity, "inf"),
        (-.infinity, "-inf"), (.nan, "nan"),
    ])
    func floatsAsPythonWritesThem(value: Double, text: String) {
        #expect(PythonText.of(value) == text)
    }

    /// FIPS 180-4 examples, and lengths around the padding boundary (from Python's hashlib).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    ])
    func digests(text: String, digest: String) {
        #expect(SHA256.hexadecimal(of: text.utf8) == digest)
    }
}
