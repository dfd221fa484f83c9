import Network
import OSLog
import UIKit

/// Gives the stations to other phones on the boat.
final class StationServer {
    var isWanted = true
    private let logger = Logger(subsystem: "com.example.tides", category: "sharing")
    private var listener: NWListener?

    func start() {
        guard listener == nil, let listener = try? NWListener(using: .tcp) else { return }
        listener.service = NWListener.Service(name: UIDevice.current.name, type: "_tides._tcp")
        listener.stateUpdateHandler = { [logger] state in
            logger.info("sharing: \(String(describing: state))")
        }
        listener.newConnectionHandler = { [weak self] connection in
            self?.answer(connection)
        }
        listener.start(queue: .main) // expect: listener-left-open-in-background
        self.listener = listener
    }

    private func answer(_ connection: NWConnection) {
        guard isWanted, let data = try? JSONEncoder().encode(StationStore.shared.stations) else {
            connection.cancel()
            return
        }
        connection.stateUpdateHandler = { state in
            if case .failed = state {
                connection.cancel()
            }
        }
        connection.start(queue: .main)
        connection.send(content: data, isComplete: true, completion: .contentProcessed { _ in connection.cancel() })
    }
}
