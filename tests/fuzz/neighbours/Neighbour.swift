import UIKit

final class SoundNeighbour: NSObject, URLSessionDelegate {
    static let shared = SoundNeighbour()
    private var eventsHandler: (() -> Void)?
    private lazy var neighbourSession = URLSession(
        configuration: .background(withIdentifier: "neighbour"), delegate: self, delegateQueue: nil)

    func reconnect(_ handler: @escaping () -> Void) {
        eventsHandler = handler
        neighbourSession.getAllTasks { print($0.count) }
    }

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
        DispatchQueue.main.async { self.eventsHandler?() }
    }

    func send(_ request: URLRequest, _ data: Data) {
        neighbourSession.uploadTask(with: request, from: data).resume() // expect: background-upload-from-data
    }

    func work() {
        let neighbourTask = UIApplication.shared.beginBackgroundTask(withName: "n") // expect: background-task-never-ended
        print(neighbourTask.rawValue)
    }
}
