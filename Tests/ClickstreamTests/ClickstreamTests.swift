import Testing

@testable import Clickstream
