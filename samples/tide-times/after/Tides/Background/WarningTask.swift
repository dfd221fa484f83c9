import BackgroundTasks
import OSLog

/// Fetches the warnings that came in the night; what is urgent comes as a push notification.
final class WarningTask {
    static let shared = WarningTask()
    private let logger = Logger(subsystem: "com.example.tides", category: "warnings")

    func register() {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: TaskIdentifier.warnings, using: .main) { task in
            self.run(task)
        }
    }

    func schedule() {
        let request = BGProcessingTaskRequest(identifier: TaskIdentifier.warnings)
        request.requiresNetworkConnectivity = true
        do {
            try BGTaskScheduler.shared.submit(request)
        } catch {
            logger.error("warnings not scheduled: \(error)")
        }
    }

    private func run(_ task: BGTask) {
        let work = Task {
            do {
                StationStore.shared.warnings = try await TideClient().warnings()
                task.setTaskCompleted(success: true)
            } catch {
                task.setTaskCompleted(success: false)
            }
        }
        task.expirationHandler = { work.cancel() }
    }
}
