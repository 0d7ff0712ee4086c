import Testing

@testable import Experiments

@Suite struct RetryConfigTests {
    private static let away = MLflowError.unreachable("nobody")
    private static let full = MLflowError.refused(status: 400, code: "RESOURCE_EXHAUSTED", message: "later")

    /// How often a request that always fails is made, and what is thrown in the end.
    private func attempts(_ config: RetryConfig, _ operation: String, _ error: MLflowError) throws -> (count: Int, error: MLflowError) {
        var count = 0
        let thrown = try #require(throws: MLflowError.self) {
            try config.attempt(operation) {
                count += 1
                throw error
            }
        }
        return (count, thrown)
    }

    /// As often as the operation may be tried; without a number above 1 the call is a plain one, whose error stays as it is.
    @Test(arguments: [(3, 3), (2, 2), (1, 1), (0, 1), (-4, 1), (nil, 1)]) func operationsHaveTheirOwnCounts(allowed: Int?, made: Int) throws
    {
        let config = try RetryConfig(
            defaultParams: RetryParams(maxAttempts: 5, waitTimeSeconds: 0),
            operations: ["log_model": RetryParams(maxAttempts: allowed, waitTimeSeconds: 0)])
        let special = try attempts(config, "log_model", Self.away)
        #expect(special.count == made && (made == 1 ? special.error == Self.away : special.error.isExhausted))
        let other = try attempts(config, "search_runs", Self.away)
        #expect(other.count == 5 && other.error.description.hasPrefix("Reached maximum number of attempts: 5"))
    }

    /// What the server refuses for good is asked once, unless it is named.
    @Test func furtherErrorsThatAreWorthAnotherAttempt() throws {
        let once = try RetryParams(waitTimeSeconds: 0)
        #expect(try attempts(RetryConfig(defaultParams: once), "log_model", Self.full) == (1, Self.full))
        let patient = try RetryConfig(defaultParams: once, attemptExceptionTypes: ["RESOURCE_EXHAUSTED"])
        #expect(try attempts(patient, "log_model", Self.full).count == 3)
        #expect(try attempts(patient, "log_model", .refused(status: 404, code: "RESOURCE_DOES_NOT_EXIST", message: "")).count == 1)
    }

    @Test func defaults() throws {
        #expect(try RetryParams() == RetryParams(maxAttempts: 3, waitTimeSeconds: 3))
        #expect(throws: (any Error).self) { try RetryParams(waitTimeSeconds: -1) }
        #expect(throws: (any Error).self) { try RetryConfig(defaultParams: RetryParams(), operations: ["log_modl": RetryParams()]) }
    }
}
