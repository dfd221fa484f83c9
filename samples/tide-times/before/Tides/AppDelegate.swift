import UIKit

final class AppDelegate: NSObject, UIApplicationDelegate {
    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
    ) -> Bool {
        RefreshTask.shared.register()
        ChartTask.shared.register()
        WarningTask.shared.register()
        RefreshTask.shared.schedule()
        return true
    }

    func application(
        _ application: UIApplication,
        handleEventsForBackgroundURLSession identifier: String,
        completionHandler: @escaping () -> Void
    ) {
        PhotoEvents.shared.takeUp(identifier, done: completionHandler)
    }
}
