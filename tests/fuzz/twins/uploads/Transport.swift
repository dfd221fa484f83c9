import Foundation

@objc final class Transport: NSObject, URLSessionDelegate {
    @objc static let shared = Transport()
    @objc private(set) lazy var session = URLSession(
        configuration: Settings.wire(forName: "org.example.twins"), delegate: self, delegateQueue: nil)
    @objc var finished: (() -> Void)?

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
        DispatchQueue.main.async {
            self.finished?()
            self.finished = nil
        }
    }
}
