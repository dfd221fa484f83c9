import UIKit

/// Sends notes through the sessions of the Objective-C core.
final class NoteUploader: NSObject, FNTransferCenterObserver {
    private let center = FNTransferCenter.shared
    private let session = URLSession(configuration: .default)
    private var waiting: [String: (Bool) -> Void] = [:]

    override init() {
        super.init()
        center.observer = self
    }

    func submit(_ note: Note, completion: @escaping (Bool) -> Void) throws {
        let assertion = FNBackgroundAssertion(name: "Write note")
        defer { assertion.invalidate() }
        let file = try note.write()
        var request = URLRequest(url: TransferSettings.server.appendingPathComponent("notes/\(note.id)"))
        request.httpMethod = "PUT"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        waiting[note.id.uuidString] = completion
        let task = center.notesSession.uploadTask(with: request, fromFile: file)
        task.taskDescription = note.id.uuidString
        task.resume()
    }

    func transferCenter(_ center: FNTransferCenter, didFinishTransfer name: String, error: Error?) {
        waiting.removeValue(forKey: name)?(error == nil)
    }

    /// Attachments that may come later.
    func prefetch(_ name: String) {
        let task = center.attachmentSession.downloadTask(with: address(of: name))
        task.taskDescription = name
        task.resume()
    }

    /// An attachment the user asked to see: not in the background, so it can be awaited.
    func attachment(_ name: String) async throws -> URL {
        let (location, response) = try await session.download(from: address(of: name))
        guard (response as? HTTPURLResponse)?.statusCode == 200 else { throw URLError(.badServerResponse) }
        let file = TransferSettings.file(forAttachment: name)
        try FileManager.default.moveItem(at: location, to: file)
        return file
    }

    private func address(of name: String) -> URL {
        TransferSettings.server.appendingPathComponent("attachments/\(name)")
    }

    /// Every note once more, after the user signed in to another account.
    @MainActor
    func resubmit(_ notes: [Note]) async throws {
        var identifier = UIBackgroundTaskIdentifier.invalid
        identifier = UIApplication.shared.beginBackgroundTask(withName: "Submit all notes") {
            UIApplication.shared.endBackgroundTask(identifier)
            identifier = .invalid
        }
        defer { UIApplication.shared.endBackgroundTask(identifier) }
        for note in notes {
            try submit(note) { _ in }
            try await Task.sleep(nanoseconds: 200_000_000)
        }
    }
}
