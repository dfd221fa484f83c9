import Foundation

@objc final class Outbox: NSObject {
    @objc func send(_ body: Data, with request: URLRequest) {
        let session = Transport.shared.session
        session.uploadTask(with: request, from: body).resume() // expect: background-upload-from-data
    }

    @objc func fetch(_ url: URL, whenDone done: @escaping (URL?) -> Void) {
        let task = Transport.shared.session.downloadTask(with: url) { file, _, _ in // expect: background-session-completion-handler
            done(file)
        }
        task.resume()
    }

    @objc func send(_ file: URL, to request: URLRequest) {
        Transport.shared.session.uploadTask(with: request, fromFile: file).resume()
    }
}
