import UIKit
import UniformTypeIdentifiers

/// Sends a photo of the water mark to the harbour.
final class ShareViewController: UIViewController {
    override func viewDidAppear(_ animated: Bool) {
        super.viewDidAppear(animated)
        let items = extensionContext?.inputItems.compactMap { $0 as? NSExtensionItem } ?? []
        guard let provider = items.flatMap({ $0.attachments ?? [] }).first else {
            close()
            return
        }
        _ = provider.loadFileRepresentation(forTypeIdentifier: UTType.image.identifier) { file, _ in
            if let file {
                PhotoUploader.shared.send(file)
            }
            DispatchQueue.main.async { self.close() }
        }
    }

    private func close() {
        extensionContext?.completeRequest(returningItems: nil)
    }
}
