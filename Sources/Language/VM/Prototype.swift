/// A compiled function.
final class Prototype {
    let name: String
    let signature: CallSignature
    let doc: String
    init(name: String, signature: CallSignature, doc: String) {
        self.name = name
        self.signature = signature
        self.doc = doc
    }
}

/// Where an error was raised and the calls under way, innermost first.
struct ErrorTrace {}
