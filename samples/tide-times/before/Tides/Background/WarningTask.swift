import BackgroundTasks
import Network
import OSLog

/// Listens to warnings of the coast guard while the phone lies on the table.
final class WarningTask {
    static let shared = WarningTask()
    private let logger = Logger(subsystem: "com.example.tides", category: "warnings")
    private var connection: NWConnection?

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
        let connection = NWConnection(host: "warnings.example.com", port: 7655, using: .tls)
        connection.stateUpdateHandler = { [logger] state in
            logger.info("warnings: \(String(describing: state))")
        }
        connection.start(queue: .main) // expect: bgtask-processing-for-connection
        self.connection = connection
        task.expirationHandler = {
            connection.cancel()
            task.setTaskCompleted(success: false)
        }
        DispatchQueue.main.asyncAfter(deadline: .now() + 600) {
            task.setTaskCompleted(success: true)
        }
    }
}
