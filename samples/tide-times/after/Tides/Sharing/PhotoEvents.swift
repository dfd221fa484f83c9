import Foundation

/// Takes up what the share extension has uploaded while nobody was there.
final class PhotoEvents: NSObject, URLSessionTaskDelegate {
    static let shared = PhotoEvents()
    private var session: URLSession?
    private var done: (() -> Void)?

    func takeUp(_ identifier: String, done: @escaping () -> Void) {
        self.done = done
        let configuration = URLSessionConfiguration.background(withIdentifier: identifier)
        configuration.sharedContainerIdentifier = "group.com.example.tides"
        session = URLSession(configuration: configuration, delegate: self, delegateQueue: .main)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
        let status = (task.response as? HTTPURLResponse)?.statusCode
        UserDefaults(suiteName: "group.com.example.tides")?.set(error == nil && status == 201, forKey: "lastPhotoSent")
    }

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
        session.finishTasksAndInvalidate()
        done?()
        done = nil
    }
}
