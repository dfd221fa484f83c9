import Foundation

/// What the Objective-C core needs to know; one place for the whole app.
@objc final class TransferSettings: NSObject {
    @objc static let notesIdentifier = "com.example.fieldnotes.notes"
    @objc static let attachmentsIdentifier = "com.example.fieldnotes.attachments"
    static let server = URL(string: "https://notes.example.com/api/")!

    /// Attachments may wait for Wi-Fi and power.
    @objc static func attachments() -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.background(withIdentifier: attachmentsIdentifier)
        configuration.isDiscretionary = true
        configuration.allowsCellularAccess = false
        return configuration
    }

    @objc(fileForAttachment:) static func file(forAttachment name: String?) -> URL {
        FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask)[0]
            .appendingPathComponent(name ?? "attachment")
    }
}
