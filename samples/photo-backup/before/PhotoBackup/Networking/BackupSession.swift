import Foundation
import os

protocol BackupSessionObserver: AnyObject {
    func backupSession(_ session: BackupSession, didFinish identifier: String, error: Error?)
}

/// Owns the two sessions of the app: one for uploads in the background, one for short calls.
final class BackupSession: NSObject {
    static let shared = BackupSession()

    weak var observer: BackupSessionObserver?

    /// Handed over by the app delegate when the system wakes the app for finished uploads.
    var eventsHandler: (() -> Void)?

    private(set) lazy var uploads: URLSession = {
        let configuration = BackupConfiguration.uploads(allowsCellular: false)
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }()

    let api = URLSession(configuration: BackupConfiguration.api())

    private let log = Logger(subsystem: "com.example.photobackup", category: "session")
}

extension BackupSession: URLSessionTaskDelegate {
    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
        let status = (task.response as? HTTPURLResponse)?.statusCode ?? 0
        let failure = error ?? (200..<300 ~= status ? nil : BackupError.refused(status))
        if let failure {
            log.error("upload failed: \(failure.localizedDescription, privacy: .public)")
        }
        let identifier = task.taskDescription ?? ""
        DispatchQueue.main.async {
            self.observer?.backupSession(self, didFinish: identifier, error: failure)
        }
    }

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
        DispatchQueue.main.async {
            self.eventsHandler?()
            self.eventsHandler = nil
        }
    }
}

enum BackupError: Error {
    case refused(Int)
    case noToken
    case unreadable(URL)
}
