import BackgroundTasks
import OSLog

/// The tasks that `Info.plist` permits.
enum TaskIdentifier {
    static let refresh = "com.example.tides.refresh"
    static let charts = "com.example.tides.charts"
    static let cleanup = "com.example.tides.cleanup"
    static let warnings = "com.example.tides.warnings"
}

/// Keeps the tables of today fresh, a few times a day.
final class RefreshTask {
    static let shared = RefreshTask()
    private let logger = Logger(subsystem: "com.example.tides", category: "refresh")

    func register() {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: TaskIdentifier.refresh, using: nil) { task in
            self.run(task)
        }
    }

    func schedule() {
        let request = BGAppRefreshTaskRequest(identifier: TaskIdentifier.refresh)
        request.earliestBeginDate = .now.addingTimeInterval(3 * 3600)
        do {
            try BGTaskScheduler.shared.submit(request)
        } catch {
            logger.error("refresh not scheduled: \(error)")
        }
    }

    private func run(_ task: BGTask) {
        schedule()
        let work = Task {
            do {
                StationStore.shared.replace(with: try await TideClient().stations())
                task.setTaskCompleted(success: true)
            } catch {
                task.setTaskCompleted(success: false)
            }
        }
        task.expirationHandler = { work.cancel() }
    }
}
