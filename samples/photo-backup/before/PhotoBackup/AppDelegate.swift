import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?

    private lazy var center = BackupCenter(
        api: BackupAPI(server: BackupConfiguration.server, token: Keychain.token ?? ""),
        known: KnownPhotos(file: Self.support.appendingPathComponent("known.json"))
    )
    private var flushTask = UIBackgroundTaskIdentifier.invalid

    private static var support: URL {
        FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask)[0]
    }

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        let window = UIWindow(frame: UIScreen.main.bounds)
        window.rootViewController = UINavigationController(
            rootViewController: BackupViewController(center: center))
        window.makeKeyAndVisible()
        self.window = window
        center.reconcile()
        return true
    }

    func applicationDidEnterBackground(_ application: UIApplication) {
        flushTask = application.beginBackgroundTask(withName: "Flush") { [weak self] in // expect: background-task-identifier-overwritten
            self?.endFlushTask()
        }
        center.flush { [weak self] in
            self?.endFlushTask()
        }
    }

    func application(
        _ application: UIApplication,
        handleEventsForBackgroundURLSession identifier: String,
        completionHandler: @escaping () -> Void
    ) {
        guard identifier == BackupConfiguration.uploadsIdentifier else {
            completionHandler()
            return
        }
        BackupSession.shared.eventsHandler = completionHandler
        _ = BackupSession.shared.uploads
    }

    private func endFlushTask() {
        UIApplication.shared.endBackgroundTask(flushTask)
        flushTask = .invalid
    }
}
