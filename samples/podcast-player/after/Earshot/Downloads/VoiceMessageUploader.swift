import Foundation
import os

/// Sends recorded voice messages to a show, from the file of the recording.
final class VoiceMessageUploader: NSObject, URLSessionDataDelegate {
    static let identifier = "com.example.earshot.voice"
    static let shared = VoiceMessageUploader()

    private let log = Logger(subsystem: "com.example.earshot", category: "voice")
    private(set) lazy var session = URLSession(
        configuration: .background(withIdentifier: Self.identifier),
        delegate: self,
        delegateQueue: .main
    )
    /// A live message is streamed while the user talks: that needs the app in the foreground.
    private lazy var live = URLSession(configuration: .default, delegate: self, delegateQueue: .main)
    private var recording: InputStream?

    func send(_ file: URL, to show: Show) {
        let task = session.uploadTask(with: request(for: show), fromFile: file)
        task.priority = URLSessionTask.highPriority
        task.resume()
    }

    func stream(_ recording: InputStream, to show: Show) {
        self.recording = recording
        live.uploadTask(withStreamedRequest: request(for: show)).resume()
    }

    private func request(for show: Show) -> URLRequest {
        var request = URLRequest(url: FeedClient.server.appending(path: "shows/\(show.id)/messages"))
        request.httpMethod = "POST"
        request.setValue("audio/mp4", forHTTPHeaderField: "Content-Type")
        return request
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        needNewBodyStream completionHandler: @escaping (InputStream?) -> Void
    ) {
        completionHandler(recording)
        recording = nil
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
        let status = (task.response as? HTTPURLResponse)?.statusCode ?? 0
        if error != nil || !(200..<300).contains(status) {
            log.error("voice message was not delivered: \(status)")
        }
    }
}
