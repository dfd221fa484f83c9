import Foundation

/// Writes a complete `multipart/form-data` body into a file: the file is what the system sends.
struct MultipartForm {
    let boundary: String

    func write(fields: [String: String], file: URL) throws -> URL {
        var body = Data()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            body.append(Data("--\(boundary)\r\n".utf8))
            body.append(Data("Content-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8))
        }
        body.append(Data("--\(boundary)\r\n".utf8))
        body.append(Data("Content-Disposition: form-data; name=\"photo\"; filename=\"photo.heic\"\r\n".utf8))
        body.append(Data("Content-Type: image/heic\r\n\r\n".utf8))
        body.append(try Data(contentsOf: file, options: .mappedIfSafe))
        body.append(Data("\r\n--\(boundary)--\r\n".utf8))
        return try StagedFile.write(body, named: boundary + ".form")
    }
}

/// Files that wait for their upload: in Application Support, which the system never empties.
enum StagedFile {
    static func write(_ data: Data, named name: String) throws -> URL {
        let manager = FileManager.default
        let folder = try manager.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true
        ).appendingPathComponent("Uploads", isDirectory: true)
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent(name)
        try data.write(to: file, options: .completeFileProtectionUntilFirstUserAuthentication)
        return file
    }
}
