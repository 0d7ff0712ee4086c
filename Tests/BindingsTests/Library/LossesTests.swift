import Foundation
import Testing

@testable import Bindings
@testable import Language

/// `losses.eft` on small pairs, beside the formulas of FINETUNER.md, section 6, worked out in float64 with Python's `math`.
///
/// The relative tolerance is that of f32 scores under the factor of 400 in the cosine loss.
@Suite struct LossesTests {
    private static let pairs = """
        import losses
        struct Pairs { positive_ranks: any, negative_ranks: any, target: any, positive_confidences: any, negative_confidences: any }
        f = Pairs(tensor([0.9, 0.2, 0.5]), tensor([0.1, 0.21, 0.49]), tensor([1.0, 1.0, 1.0]),
                  tensor([1.0, 0.5, 0.25]), tensor([0.75, 1.0, 1.0]))
        far = Pairs(f.positive_ranks, f.negative_ranks, -f.target, f.positive_confidences, f.negative_confidences)
        fn close(a, b, relative = 1e-4) { assert abs(a.item() - b) <= 1e-7 + relative * abs(b), f"{a.item()} for {b}"; true }

        """

    @Test(arguments: [
        "all(losses.gaps(f) == f.positive_ranks - f.negative_ranks).item() and losses.trust(f).tolist() == [0.75, 0.5, 0.25]",
        "close(losses.cosine_prob_margin(f, margin = 0.025), 0.20827744164492223)",
        "close(losses.cosine_prob_margin(f, margin = 0.1), 0.24999999999999223)",
        "close(losses.prob_margin(f, margin = 1.0), 0.3203858510637046)",
        "close(losses.triplet(f, margin = 0.1), 0.02583333333333333)",
        "close(losses.triplet(f, margin = 0.0), 0.0016666666666666635)",
        "close(losses.cosine_prob_margin(far, margin = 0.025), 0.4166387208224614)",
        "close(losses.cosine_prob_margin(far, margin = 0.1), 0.49999999999998446)",
        "close(losses.prob_margin(far, margin = 1.0), 0.3971368999363339)",
        "close(losses.triplet(far, margin = 0.1), 0.24916666666666668)",
        "close(losses.triplet(far, margin = 0.0), 0.20083333333333334)",
        "close(losses.in_batch_softmax(tensor([[1.0, 2.0, -1.0], [0.5, -0.25, 2.0]]), tensor([[0.75, 1.5, 0.25], [-1.0, 0.5, 1.25]]), scale = 20.0), 0.00018028401287395468)",
        "close(losses.in_batch_softmax(tensor([[1.0, 2.0, -1.0], [0.5, -0.25, 2.0]]), tensor([[0.75, 1.5, 0.25], [-1.0, 0.5, 1.25]]), scale = 1.0), 0.395136773950454)",
    ]) func closedForm(_ code: String) {
        let run = ScriptRun(Self.pairs + code)
        #expect(run.rendering == nil)
        #expect(run.value?.asBool == true)
    }
}
