import Tensors

/// Where a model's dropout stands: the seed, and how many forward passes have drawn masks.
public struct DropoutState: Equatable, Sendable {
    public var seed: UInt64
    public var step: UInt64

    public init(seed: UInt64, step: UInt64 = 0) {
        self.seed = seed
        self.step = step
    }
}

/// Gives every dropout of one forward pass a stream of random numbers of its own, named by pass and place.
final class DropoutStreams {
    private let state: DropoutState
    private var place: UInt64 = 0

    init(_ state: DropoutState) { self.state = state }

    /// Streams that go on from the same place.
    func copy() -> DropoutStreams {
        let copy = DropoutStreams(state)
        copy.place = place
        return copy
    }

    /// The next place's dropout; nil when nothing is to be dropped. The place counts all the same, so that switching one kind of
    /// dropout off leaves the others' masks as they were.
    func next(_ probability: Double) -> Dropout? {
        place += 1
        guard probability > 0 else { return nil }
        return Dropout(probability: probability, generator: Philox(seed: state.seed, stream: Self.purpose ^ (state.step &* 4096 &+ place)))
    }

    /// Keeps these streams apart from those of other purposes under the same seed.
    private static let purpose = Philox(seed: 0, purpose: "dropout").stream
}
