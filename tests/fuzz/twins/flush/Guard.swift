import UIKit

@objc final class Guard: NSObject {
    @objc var task = UIBackgroundTaskIdentifier.invalid

    @objc func open() {
        task = UIApplication.shared.beginBackgroundTask(withName: "flush") { // expect: background-task-identifier-overwritten
            self.close()
        }
    }

    @objc func close() {
        guard task != .invalid else { return }
        UIApplication.shared.endBackgroundTask(task)
        task = .invalid
    }
}
