import UIKit

class NeighbourDelegate: UIResponder, UIApplicationDelegate {
    func application(
        _ application: UIApplication,
        handleEventsForBackgroundURLSession identifier: String,
        completionHandler: @escaping () -> Void
    ) {
        SoundNeighbour.shared.reconnect(completionHandler)
    }
}
