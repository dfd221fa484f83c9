import Foundation

/// Turns photos, thumbnails and album manifests into upload tasks.
///
/// What becomes of an upload arrives in the delegate of the session, also after a relaunch; who
/// asked for it in this run of the app is told from there.
final class UploadQueue: BackupSessionObserver {
    private let session: BackupSession
    private let api: BackupAPI
    private var waiting: [String: (Error?) -> Void] = [:]

    init(session: BackupSession, api: BackupAPI) {
        self.session = session
        self.api = api
        session.observer = self
    }

    func enqueue(_ photo: Photo, at file: URL, completion: @escaping (Error?) -> Void) {
        waiting[photo.identifier] = completion
        let task = session.uploads.uploadTask(with: api.upload(of: photo), fromFile: file)
        task.taskDescription = photo.identifier
        task.resume()
    }

    /// A thumbnail is small, but the system can only send what is in a file while we are suspended.
    func enqueueThumbnail(_ jpeg: Data, of photo: Photo) throws {
        var request = api.request("photos/\(photo.identifier)/thumbnail", method: "PUT")
        request.setValue("image/jpeg", forHTTPHeaderField: "Content-Type")
        let file = try StagedFile.write(jpeg, named: photo.identifier + ".jpg")
        let task = session.uploads.uploadTask(with: request, fromFile: file)
        task.taskDescription = "thumbnail:" + photo.identifier
        task.resume()
    }

    /// The preview that the user waits for goes through the foreground session, from memory.
    func replacePreview(_ jpeg: Data, of photo: Photo, completion: @escaping (Bool) -> Void) {
        var request = api.request("photos/\(photo.identifier)/preview", method: "PUT")
        request.setValue("image/jpeg", forHTTPHeaderField: "Content-Type")
        session.api.uploadTask(with: request, from: jpeg) { _, response, _ in
            completion((response as? HTTPURLResponse)?.statusCode == 204)
        }.resume()
    }

    /// The list of photos first, as the body of a plain request, then the archive.
    func enqueue(_ album: Album, archive: URL) throws {
        var manifest = api.request("albums/\(album.identifier)/photos", method: "PUT")
        manifest.setValue("application/json", forHTTPHeaderField: "Content-Type")
        manifest.httpBody = try JSONEncoder().encode(album)
        session.api.dataTask(with: manifest) { _, response, _ in
            guard (response as? HTTPURLResponse)?.statusCode == 204 else { return }
            self.upload(archive, of: album)
        }.resume()
    }

    private func upload(_ archive: URL, of album: Album) {
        var request = api.request("albums/\(album.identifier)/archive", method: "PUT")
        request.setValue("application/zip", forHTTPHeaderField: "Content-Type")
        let task = session.uploads.uploadTask(with: request, fromFile: archive)
        task.taskDescription = "album:" + album.identifier
        task.resume()
    }

    func share(_ photo: Photo, at file: URL, with address: String) throws {
        let form = MultipartForm(boundary: "backup-\(photo.identifier)")
        var request = api.request("shares", method: "POST")
        request.setValue("multipart/form-data; boundary=\(form.boundary)", forHTTPHeaderField: "Content-Type")
        let body = try form.write(fields: ["address": address], file: file)
        let task = session.uploads.uploadTask(with: request, fromFile: body)
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

    func backupSession(_ session: BackupSession, didFinish identifier: String, error: Error?) {
        waiting.removeValue(forKey: identifier)?(error)
    }
}
