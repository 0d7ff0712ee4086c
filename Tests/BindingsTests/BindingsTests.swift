import Testing

@testable import Bindings
