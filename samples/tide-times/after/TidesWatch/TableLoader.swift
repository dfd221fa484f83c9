import Foundation
import WatchKit

/// Loads the table of the day, also when the app is not in front.
final class TableLoader: NSObject, URLSessionDownloadDelegate {
    static let shared = TableLoader()
    private(set) var summary = "–"
    private var waiting: [WKURLSessionRefreshBackgroundTask] = []
    private lazy var session = URLSession(
        configuration: .background(withIdentifier: "com.example.tides.watch.table"),
        delegate: self,
        delegateQueue: .main
    )

    func load() {
        session.downloadTask(with: URL(string: "https://tides.example.com/today.txt")!).resume()
    }

    /// Completes `task` when all events of the session are delivered.
    func finish(with task: WKURLSessionRefreshBackgroundTask) {
        waiting.append(task)
        session.getAllTasks { _ in }
    }

    func urlSession(_ session: URLSession, downloadTask: URLSessionDownloadTask, didFinishDownloadingTo location: URL) {
        guard (downloadTask.response as? HTTPURLResponse)?.statusCode == 200,
              let text = try? String(contentsOf: location, encoding: .utf8)
        else { return }
        summary = text
    }

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
        for task in waiting {
            task.setTaskCompletedWithSnapshot(true)
        }
        waiting = []
    }
}
