import Clickstream
import Images

/// A session's query and the objects to rank for it, each with the contents of its rows.
struct RankedSession {
    struct Object {
        let id: String
        /// One text or image per row: an item's parts and augmented copies.
        var contents: [ItemContent]
    }

    let input: FineTuningInput
    let query: String
    let objects: [Object]

    /// Joins ids with the items; ids of one object (by `objectID`) become one entry, in order of first appearance.
    init(
        _ input: FineTuningInput, ids: [String], items: ItemsSet, retriever: any QueryRetriever, objectID: (String) -> String
    ) throws {
        self.input = input
        query = try retriever.modelInput(input.query)
        var objects: [Object] = []
        var positions: [String: Int] = [:]
        for id in ids {
            let contents: [ItemContent]
            do {
                contents = try items.rows(ids: CollectionOfOne(id)).map(\.item)
            } catch {
                throw FineTuningError(error.kind, error.condition, found: error.found, place: input.place, help: error.help)
            }
            let object = objectID(id)
            if let position = positions[object] {
                objects[position].contents += contents
            } else {
                positions[object] = objects.count
                objects.append(Object(id: object, contents: contents))
            }
        }
        self.objects = objects
    }
}
