import Text

extension LineProfile {
    /// The profile as a file of speedscope (https://www.speedscope.app, `file-format-schema.json`): time in the order in which it
    /// passed, as frames that open and close, and where memory was taken, as weighted stacks.
    public func speedscope(name: String, exporter: String) -> String {
        var frames: [CallPaths.Frame: Int] = [:]
        var frameTexts: [String] = []
        func index(of node: Int) -> Int {
            let frame = paths.nodes[node].frame
            if let known = frames[frame] { return known }
            frames[frame] = frameTexts.count
            frameTexts.append(text(of: frame))
            return frameTexts.count - 1
        }
        var profiles = [timeProfile(name, index)]
        if paths.nodes.contains(where: { $0.bytes > 0 }) { profiles.append(memoryProfile(name, index)) }
        return """
            {"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":\(quoted(exporter)),"name":\(quoted(name)),\
            "activeProfileIndex":0,"shared":{"frames":[
            \(frameTexts.joined(separator: ",\n"))
            ]},"profiles":[
            \(profiles.joined(separator: ",\n"))
            ]}

            """
    }

    private func timeProfile(_ name: String, _ index: (Int) -> Int) -> String {
        var events: [String] = []
        var open: [Int] = []
        var time = 0
        for (path, end) in timeline {
            let steps = paths.steps(to: path)
            let common = zip(open, steps).prefix { $0 == $1 }.count
            for node in open[common...].reversed() { events.append(event("C", index(node), time)) }
            for node in steps[common...] { events.append(event("O", index(node), time)) }
            open = steps
            time = end
        }
        for node in open.reversed() { events.append(event("C", index(node), time)) }
        return """
            {"type":"evented","name":\(quoted("time of " + name)),"unit":"nanoseconds","startValue":0,"endValue":\(time),"events":[
            \(events.joined(separator: ",\n"))
            ]}
            """
    }

    private func memoryProfile(_ name: String, _ index: (Int) -> Int) -> String {
        let nodes = paths.nodes.indices.filter { paths.nodes[$0].bytes > 0 }
        let samples = nodes.map { node in "[" + paths.steps(to: node).map { "\(index($0))" }.joined(separator: ",") + "]" }
        let weights = nodes.map { "\(paths.nodes[$0].bytes)" }
        let total = nodes.reduce(0) { $0 + paths.nodes[$1].bytes }
        return """
            {"type":"sampled","name":\(quoted("tensor memory of " + name)),"unit":"bytes","startValue":0,"endValue":\(total),"samples":[
            \(samples.joined(separator: ",\n"))
            ],"weights":[\(weights.joined(separator: ","))]}
            """
    }

    private func event(_ type: String, _ frame: Int, _ time: Int) -> String { #"{"type":"\#(type)","frame":\#(frame),"at":\#(time)}"# }

    private func text(of frame: CallPaths.Frame) -> String {
        switch frame {
        case .operation(let name): return #"{"name":\#(quoted(name))}"#
        case .site(let site):
            let line = line(of: site)
            let file = line.source.name
            let short = file.split(separator: "/").last.map(String.init) ?? file
            let title = "\(sites[site].function) (\(short):\(line.number))"
            return #"{"name":\#(quoted(title)),"file":\#(quoted(file)),"line":\#(line.number)}"#
        }
    }

    private func quoted(_ text: String) -> String { JSONWriter.quoted(text) }
}
