import Foundation

/// Builds the requests of the backup server.
struct BackupAPI {
    let server: URL
    let token: String

    func request(_ path: String, method: String) -> URLRequest {
        var request = URLRequest(url: server.appendingPathComponent(path))
        request.httpMethod = method
        request.setValue(token, forHTTPHeaderField: "X-Backup-Token")
        return request
    }

    func upload(of photo: Photo) -> URLRequest {
        var request = request("photos/\(photo.identifier)", method: "PUT")
        request.setValue("image/heic", forHTTPHeaderField: "Content-Type")
        return request
    }
}
