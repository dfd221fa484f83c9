import Foundation
import os

/// Sends voice messages to a show while they are still being recorded.
final class VoiceMessageUploader: NSObject, URLSessionDataDelegate {
    private let recording: () -> InputStream?
    private let log = Logger(subsystem: "com.example.earshot", category: "voice")
    private var session: URLSession!

    init(recording: @escaping () -> InputStream?) {
        self.recording = recording
        super.init()
        session = URLSession( // expect: background-session-events-unhandled
            configuration: .background(withIdentifier: "com.example.earshot.voice"),
            delegate: self,
            delegateQueue: .main
        )
    }

    func send(to show: Show) {
        var request = URLRequest(url: FeedClient.server.appending(path: "shows/\(show.id)/messages"))
        request.httpMethod = "POST"
        request.setValue("audio/mp4", forHTTPHeaderField: "Content-Type")
        let task = session.uploadTask(withStreamedRequest: request) // expect: background-upload-from-stream
        task.priority = URLSessionTask.highPriority
        task.resume()
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        needNewBodyStream completionHandler: @escaping (InputStream?) -> Void
    ) {
        completionHandler(recording())
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
        let status = (task.response as? HTTPURLResponse)?.statusCode ?? 0
        if error != nil || !(200..<300).contains(status) {
            log.error("voice message was not delivered: \(status)")
        }
    }
}
