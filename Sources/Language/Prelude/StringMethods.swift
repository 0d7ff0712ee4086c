/// The methods of texts.
enum StringMethods {
    static let table = Namespace("str", doc: "Text.", [])
}
