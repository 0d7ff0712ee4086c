import Testing

@testable import FineTuning

/// D22: the order of examples never reached the extractor.
@Suite struct ExamplesSelectionTests {
    let selection = ExamplesSelection(
        gaps: [0.5, -0.2, 0.1, 0.9, 0.3, 0.0, 0.7], isLent: [false, false, false, false, true, true, true])

    @Test func thirdsByGap() {
        #expect(selection.indices([.hardAll]) == [1, 5])
        #expect(selection.indices([.mediumAll]) == [2, 4])
        #expect(selection.indices([.softAll]) == [0, 3, 6])
        #expect(selection.indices([.hardPositive]) == [1])
        #expect(selection.indices([.mediumPositive]) == [2])
        #expect(selection.indices([.softPositive]) == [0, 3])
        #expect(selection.indices([.hardNegative]) == [5])
        #expect(selection.indices([.mediumNegative]) == [4])
        #expect(selection.indices([.softNegative]) == [6])
        #expect(selection.indices([.negativeOnly]) == [4, 5, 6])
    }

    @Test func typesFollowOneAnother() {
        #expect(selection.indices([.softAll, .hardAll]) == [0, 3, 6, 1, 5])
        #expect(selection.indices([.allExamples, .hardNegative]) == [0, 1, 2, 3, 4, 5, 6, 5])
        for count in 0..<12 {
            let some = ExamplesSelection(gaps: (0..<count).map { Double($0 * 7 % 5) }, isLent: (0..<count).map { $0 % 2 == 0 })
            #expect(some.indices([.hardAll, .mediumAll, .softAll]).sorted() == Array(0..<count))
            #expect(
                some.indices([.softPositive, .hardPositive, .mediumPositive, .hardNegative, .mediumNegative, .softNegative]).sorted()
                    == Array(0..<count))
        }
    }
}
