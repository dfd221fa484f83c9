import Foundation

struct Note: Codable {
    let id: UUID
    var text: String
    var attachments: [String]

    /// Writes the note as the server wants it and says where.
    func write() throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(id.uuidString + ".json")
        try JSONEncoder().encode(self).write(to: file, options: .atomic)
        return file
    }
}
