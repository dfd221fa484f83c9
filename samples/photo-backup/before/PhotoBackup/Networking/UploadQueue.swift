import Foundation

/// Turns photos, thumbnails and album manifests into upload tasks.
final class UploadQueue {
    private let session: BackupSession
    private let api: BackupAPI
    private var pending: Set<Photo> = []

    init(session: BackupSession, api: BackupAPI) {
        self.session = session
        self.api = api
    }

    func enqueue(_ photo: Photo, at file: URL, completion: @escaping (Error?) -> Void) {
        pending.insert(photo)
        let task = session.uploads.uploadTask(with: api.upload(of: photo), fromFile: file) { _, _, error in // expect: background-session-completion-handler
            DispatchQueue.main.async {
                self.pending.remove(photo)
                completion(error)
            }
        }
        task.taskDescription = photo.identifier
        task.resume()
    }

    /// A thumbnail is a few kilobytes and already in memory: no file is needed.
    func enqueueThumbnail(_ jpeg: Data, of photo: Photo) {
        var request = api.request("photos/\(photo.identifier)/thumbnail", method: "PUT")
        request.setValue("image/jpeg", forHTTPHeaderField: "Content-Type")
        let task = session.uploads.uploadTask(with: request, from: jpeg) // expect: background-upload-from-data
        task.taskDescription = "thumbnail:" + photo.identifier
        task.resume()
    }

    /// The server wants the list of photos together with the archive of the album.
    func enqueue(_ album: Album, archive: URL) throws {
        var request = api.request("albums/\(album.identifier)", method: "PUT")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONEncoder().encode(album)
        let task = session.uploads.uploadTask(with: request, fromFile: archive) // expect: upload-request-body-ignored
        task.taskDescription = "album:" + album.identifier
        task.resume()
    }

    func share(_ photo: Photo, at file: URL, with address: String) {
        let boundary = "backup-\(photo.identifier)"
        var request = api.request("shares", method: "POST")
        request.setValue(address, forHTTPHeaderField: "X-Share-With")
        request.setValue("multipart/form-data; boundary=\(boundary)", forHTTPHeaderField: "Content-Type")
        let task = session.uploads.uploadTask(with: request, fromFile: file) // expect: multipart-upload-from-file
        task.taskDescription = "share:" + photo.identifier
        task.resume()
    }

    /// How much room is left on the server.
    func quota(completion: @escaping (Int?) -> Void) {
        let task = session.api.dataTask(with: api.request("quota", method: "GET")) { data, response, _ in
            guard (response as? HTTPURLResponse)?.statusCode == 200, let data else {
                completion(nil)
                return
            }
            completion(try? JSONDecoder().decode(Int.self, from: data))
        }
        task.resume()
    }
}
