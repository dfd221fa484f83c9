import Foundation
import os

/// Owner and delegate of the session that fetches episodes while the app is suspended.
final class DownloadSession: NSObject {
    static let identifier = "com.example.earshot.downloads"
    static let shared = DownloadSession()

    private let log = Logger(subsystem: "com.example.earshot", category: "downloads")
    private let lock = NSLock()
    private var waiting: [Int: CheckedContinuation<URL, Error>] = [:]

    private(set) lazy var session: URLSession = {
        let configuration = URLSessionConfiguration.background(withIdentifier: Self.identifier)
        configuration.allowsExpensiveNetworkAccess = false
        configuration.sessionSendsLaunchEvents = true
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }()

    /// Suspends until the file is here; after a relaunch the library finds it without anybody waiting.
    func download(_ episode: Episode) async throws -> URL {
        let task = session.downloadTask(with: episode.audio)
        task.taskDescription = episode.id
        return try await withCheckedThrowingContinuation { continuation in
            lock.withLock { waiting[task.taskIdentifier] = continuation }
            task.resume()
        }
    }

    private func finish(_ task: URLSessionTask, with result: Result<URL, Error>) {
        let continuation = lock.withLock { waiting.removeValue(forKey: task.taskIdentifier) }
        continuation?.resume(with: result)
    }
}

extension DownloadSession: URLSessionDownloadDelegate {
    func urlSession(
        _ session: URLSession,
        downloadTask: URLSessionDownloadTask,
        didFinishDownloadingTo location: URL
    ) {
        guard (downloadTask.response as? HTTPURLResponse)?.statusCode == 200, let id = downloadTask.taskDescription
        else {
            finish(downloadTask, with: .failure(FeedError.unavailable(location)))
            return
        }
        let file = EpisodeStore.file(for: id)
        let result = Result {
            try? FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: location, to: file)
            return file
        }
        finish(downloadTask, with: result)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
        guard let error else { return }
        log.error("download failed: \(error.localizedDescription, privacy: .public)")
        finish(task, with: .failure(error))
    }
}
