import BackgroundTasks
import OSLog

/// Throws old tables away.
final class CleanupTask {
    static let shared = CleanupTask()
    private let logger = Logger(subsystem: "com.example.tides", category: "cleanup")

    func register() {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: TaskIdentifier.cleanup, using: .main) { task in // expect: bgtask-registered-late
            task.expirationHandler = { task.setTaskCompleted(success: false) }
            StationStore.shared.removeOldTables()
            task.setTaskCompleted(success: true)
        }
    }

    func schedule() {
        do {
            try BGTaskScheduler.shared.submit(BGProcessingTaskRequest(identifier: "com.example.tides.clean-up")) // expect: bgtask-identifier-not-permitted, bgtask-not-registered
        } catch {
            logger.error("cleanup not scheduled: \(error)")
        }
    }
}
