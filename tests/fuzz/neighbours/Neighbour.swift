import UIKit

final class SoundNeighbour: NSObject, URLSessionDelegate {
    private lazy var neighbourSession = URLSession(
        configuration: .background(withIdentifier: "neighbour"), delegate: self, delegateQueue: nil)

    func send(_ request: URLRequest, _ data: Data) {
        neighbourSession.uploadTask(with: request, from: data).resume() // expect: background-upload-from-data
    }

    func work() {
        let neighbourTask = UIApplication.shared.beginBackgroundTask(withName: "n") // expect: background-task-never-ended
        print(neighbourTask.rawValue)
    }
}
