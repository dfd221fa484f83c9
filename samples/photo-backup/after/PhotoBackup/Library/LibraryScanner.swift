import Photos
import UIKit

/// Looks for photos that the server does not have yet.
final class LibraryScanner {
    private let queue = DispatchQueue(label: "com.example.photobackup.scanner", qos: .utility)
    private let known: KnownPhotos

    init(known: KnownPhotos) {
        self.known = known
    }

    func scan(completion: @escaping ([PHAsset]) -> Void) {
        let application = UIApplication.shared
        var task = UIBackgroundTaskIdentifier.invalid
        task = application.beginBackgroundTask(withName: "Scan library") {
            application.endBackgroundTask(task)
            task = .invalid
        }
        queue.async {
            let assets = PHAsset.fetchAssets(with: .image, options: nil)
            var found: [PHAsset] = []
            assets.enumerateObjects { asset, _, _ in
                if !self.known.contains(asset.localIdentifier) {
                    found.append(asset)
                }
            }
            DispatchQueue.main.async {
                completion(found)
                application.endBackgroundTask(task)
                task = .invalid
            }
        }
    }
}
