import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?

    func application(
        _ application: UIApplication,
        handleEventsForBackgroundURLSession identifier: String,
        completionHandler: @escaping () -> Void
    ) {
        if identifier == MapSession.identifier {
            MapSession.shared.eventsHandler = completionHandler
            _ = MapSession.shared.session
        } else {
            FNTransferCenter.shared.setEventsHandler(completionHandler, forSession: identifier)
        }
    }
}
