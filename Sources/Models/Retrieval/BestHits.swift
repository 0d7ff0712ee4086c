import Tensors

/// The best hits of one query so far: a heap with the worst of them on top.
struct BestHits {
    let k: Int
    /// For each row of the catalogue its rank among equal scores.
    let order: [Int32]
    private var heap: [Catalogue.Hit] = []

    init(k: Int, order: [Int32]) {
        self.k = k
        self.order = order
    }

    /// Best first.
    var sorted: [Catalogue.Hit] { heap.sorted(by: isBetter) }

    /// Takes in the scores of the catalogue's rows from `first` on.
    mutating func add(_ scores: UnsafeBufferPointer<Float>, from first: Int) {
        // In short runs, so that what the first ones found spares the later ones most of the work.
        let length = 512
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { positions in
            for start in stride(from: 0, to: scores.count, by: length) {
                let run = UnsafeBufferPointer(rebasing: scores[start..<min(start + length, scores.count)])
                let least = heap.count < k ? -Float.infinity : heap[0].score
                for i in 0..<Kernels.notBelow(run, least, into: positions) {
                    let place = Int(positions[i]), score = run[place]
                    offer(Catalogue.Hit(position: first + start + place, score: score.isNaN ? -.infinity : score))
                }
            }
        }
    }

    private mutating func offer(_ hit: Catalogue.Hit) {
        if heap.count < k {
            heap.append(hit)
            siftUp()
        } else if isBetter(hit, heap[0]) {
            heap[0] = hit
            siftDown()
        }
    }

    private func isBetter(_ a: Catalogue.Hit, _ b: Catalogue.Hit) -> Bool {
        a.score != b.score ? a.score > b.score : order[a.position] < order[b.position]
    }

    private mutating func siftUp() {
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBetter(heap[parent], heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var worst = parent
            for child in 2 * parent + 1...2 * parent + 2 where child < heap.count && isBetter(heap[worst], heap[child]) { worst = child }
            if worst == parent { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}
