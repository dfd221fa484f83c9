import UIKit

@objc final class Closer: NSObject {
    @objc static func finish(_ task: UIBackgroundTaskIdentifier) {
        UIApplication.shared.endBackgroundTask(task)
    }

    @objc static func note(_ task: UIBackgroundTaskIdentifier) {
        print("running \(task)")
    }
}
