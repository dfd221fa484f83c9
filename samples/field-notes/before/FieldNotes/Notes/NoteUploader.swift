import UIKit

/// Sends notes through the sessions of the Objective-C core.
final class NoteUploader {
    private let center = FNTransferCenter.shared

    func submit(_ note: Note, completion: @escaping (Bool) -> Void) throws {
        let assertion = FNBackgroundAssertion(name: "Write note")
        let file = try note.write()
        var request = URLRequest(url: TransferSettings.server.appendingPathComponent("notes/\(note.id)"))
        request.httpMethod = "PUT"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let task = center.notesSession.uploadTask(with: request, fromFile: file) { _, response, _ in // expect: background-session-completion-handler
            completion((response as? HTTPURLResponse)?.statusCode == 204)
        }
        task.taskDescription = note.id.uuidString
        task.resume()
        assertion.invalidate()
    }

    /// An attachment the user asked to see.
    func attachment(_ name: String) async throws -> URL {
        let request = URLRequest(url: TransferSettings.server.appendingPathComponent("attachments/\(name)"))
        let (location, response) = try await center.attachmentSession.download(for: request) // expect: background-session-async
        guard (response as? HTTPURLResponse)?.statusCode == 200 else { throw URLError(.badServerResponse) }
        let file = TransferSettings.file(forAttachment: name)
        try FileManager.default.moveItem(at: location, to: file)
        return file
    }

    /// Every note once more, after the user signed in to another account.
    func resubmit(_ notes: [Note]) async throws {
        let identifier = await UIApplication.shared.beginBackgroundTask(withName: "Submit all notes") // expect: background-task-not-ended-on-path, background-task-no-expiration-handler
        for note in notes {
            try submit(note) { _ in }
            try await Task.sleep(nanoseconds: 200_000_000)
        }
        await UIApplication.shared.endBackgroundTask(identifier)
    }
}
