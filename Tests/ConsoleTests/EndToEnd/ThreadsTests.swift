import Testing

/// One setting rules the threads of our kernels and of the matrix library.
@Suite struct ThreadsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// Products and loops large enough for every thread, forward and back, then what the system counts.
    private static let script = """
        x = parameter(ones(600, 600))
        (exp(x) @ x).sum().backward()
        print([line for line in read_text("/proc/self/status").split("\\n") if "Threads" in line][0].split("\\t")[1])
        """

    /// The thread that runs the script, its helpers, and the one that waits for all. What asks OpenBLAS for more is not heard.
    @Test(arguments: [(["run", "work.eft"], "1", 2), (["run", "work.eft"], "3", 4), (["run", "--threads", "2", "work.eft"], "8", 3)])
    func asManyAsAskedFor(arguments: [String], environment: String, count: Int) throws {
        try folder.write(Self.script, to: "work.eft")
        let result = try ChildProcess.eft(
            arguments, folder: folder,
            environment: ["EFT_THREADS": environment, "OPENBLAS_NUM_THREADS": "8", "OMP_NUM_THREADS": "8"])
        #expect(result.status == 0 && result.output == "\(count)\n", "\(result.output)\(result.errors)")
    }

    @Test(arguments: ["0", "257", "many"]) func otherNumbersAreRefused(value: String) throws {
        let result = try ChildProcess.eft(["-e", "1"], folder: folder, environment: ["EFT_THREADS": value])
        #expect(result.status == 2 && result.errors.contains("EFT_THREADS takes a number of threads from 1 to 256, not `\(value)`"))
    }
}
