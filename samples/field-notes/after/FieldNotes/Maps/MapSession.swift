import Foundation

/// Map tiles are fetched ahead of a trip; the cache that uses them is Objective-C.
@objc final class MapSession: NSObject {
    @objc static let shared = MapSession()
    static let identifier = "com.example.fieldnotes.maps"

    var eventsHandler: (() -> Void)?

    @objc private(set) lazy var session: URLSession = {
        let configuration = URLSessionConfiguration.background(withIdentifier: Self.identifier)
        configuration.isDiscretionary = true
        return URLSession(configuration: configuration, delegate: self, delegateQueue: .main)
    }()
}

extension MapSession: URLSessionDownloadDelegate {
    func urlSession(
        _ session: URLSession,
        downloadTask: URLSessionDownloadTask,
        didFinishDownloadingTo location: URL
    ) {
        guard (downloadTask.response as? HTTPURLResponse)?.statusCode == 200,
              let name = downloadTask.taskDescription else { return }
        FNTileCache.shared.addTile(at: location, named: name)
    }

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
        eventsHandler?()
        eventsHandler = nil
    }
}
