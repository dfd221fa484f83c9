import WatchKit

final class WatchDelegate: NSObject, WKApplicationDelegate {
    func applicationDidFinishLaunching() {
        TableLoader.shared.load()
    }

    func handle(_ backgroundTasks: Set<WKRefreshBackgroundTask>) {
        for task in backgroundTasks {
            switch task {
            case let task as WKURLSessionRefreshBackgroundTask:
                TableLoader.shared.finish(with: task)
            default:
                task.setTaskCompletedWithSnapshot(false)
            }
        }
    }
}
