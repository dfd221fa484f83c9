import Photos
import UIKit

/// Ties the library, the queue and the list of known photos together.
final class BackupCenter {
    private let queue: UploadQueue
    private let scanner: LibraryScanner
    private let known: KnownPhotos
    private let list: RemoteList

    init(session: BackupSession = .shared, api: BackupAPI, known: KnownPhotos) {
        queue = UploadQueue(session: session, api: api)
        scanner = LibraryScanner(known: known)
        list = RemoteList(session: session.api, request: api.request("photos", method: "GET"))
        self.known = known
    }

    func scanLibrary(completion: @escaping (Int) -> Void) {
        scanner.scan { assets in
            completion(assets.count)
            assets.forEach(self.back)
        }
    }

    func reconcile() {
        known.rebuild(from: list)
    }

    /// Writes what is in memory to disk, then calls `completion` on the main queue.
    func flush(completion: @escaping () -> Void) {
        DispatchQueue.global(qos: .utility).async {
            try? self.known.save()
            DispatchQueue.main.async(execute: completion)
        }
    }

    private func back(_ asset: PHAsset) {
        asset.requestContentEditingInput(with: nil) { input, _ in
            guard let file = input?.fullSizeImageURL else { return }
            let photo = Photo(
                identifier: asset.localIdentifier,
                fileName: file.lastPathComponent,
                takenAt: asset.creationDate ?? Date()
            )
            self.queue.enqueue(photo, at: file) { error in
                if error == nil {
                    try? self.known.insert(photo.identifier)
                }
            }
        }
    }
}
