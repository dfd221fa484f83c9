import Foundation

/// Loads the table of the day, also when the app is not in front.
final class TableLoader: NSObject, URLSessionDelegate {
    static let shared = TableLoader()
    private(set) var summary = "–"
    private lazy var session = URLSession(
        configuration: .background(withIdentifier: "com.example.tides.watch.table"),
        delegate: self,
        delegateQueue: .main
    )

    func load() {
        let address = URL(string: "https://tides.example.com/today.txt")!
        session.downloadTask(with: address) { file, _, _ in // expect: background-session-completion-handler
            if let file, let text = try? String(contentsOf: file, encoding: .utf8) {
                self.summary = text
            }
        }.resume()
    }
}
