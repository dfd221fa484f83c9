import BackgroundTasks
import OSLog

/// Loads the charts for the season, at night.
final class ChartTask {
    static let shared = ChartTask()
    private let logger = Logger(subsystem: "com.example.tides", category: "charts")

    func register() {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: TaskIdentifier.charts, using: nil) { task in
            let work = Task {
                let charts = try? await TideClient().charts()
                task.setTaskCompleted(success: charts != nil)
            }
            task.expirationHandler = { work.cancel() }
        }
    }

    func schedule() {
        let request = BGProcessingTaskRequest(identifier: TaskIdentifier.charts) // expect: bgtask-network-not-required
        request.requiresExternalPower = true
        do {
            try BGTaskScheduler.shared.submit(request)
        } catch {
            logger.error("charts not scheduled: \(error)")
        }
    }
}
