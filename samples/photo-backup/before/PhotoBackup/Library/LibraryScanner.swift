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
        let task = UIApplication.shared.beginBackgroundTask(withName: "Scan library") // expect: background-task-never-ended
        queue.async {
            let assets = PHAsset.fetchAssets(with: .image, options: nil)
            var found: [PHAsset] = []
            assets.enumerateObjects { asset, _, _ in
                if !self.known.contains(asset.localIdentifier) {
                    found.append(asset)
                }
            }
            NSLog("scan %ld: %ld new photos", task.rawValue, found.count)
            DispatchQueue.main.async {
                completion(found)
            }
        }
    }
}
