import Foundation

/// The identifiers of the photos on the server.
final class RemoteList {
    private let session: URLSession
    private let request: URLRequest
    private var task: URLSessionDataTask?

    init(session: URLSession, request: URLRequest) {
        self.session = session
        self.request = request
    }

    func load(completion: @escaping (Set<String>) -> Void) {
        let task = session.dataTask(with: request) { data, response, _ in
            var identifiers: Set<String> = []
            if (response as? HTTPURLResponse)?.statusCode == 200, let data {
                identifiers = (try? JSONDecoder().decode(Set<String>.self, from: data)) ?? []
            }
            DispatchQueue.main.async { completion(identifiers) }
        }
        self.task = task
        task.resume()
    }

    func cancel() {
        task?.cancel()
    }
}
